// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

type object = map[string]any

// schemer is a custom or scalar type that has a schema of its own.
type schemer interface{ schema(g *schemaMaker) object }

// schemaMaker makes a schema of the types.
type schemaMaker struct{ defs object }

// makeSchema writes schema.json.
func makeSchema() ([]byte, error) {
	g := schemaMaker{defs: object{}}
	main := g.structure(reflect.TypeFor[mainDocument]())
	g.defaults(main, reflect.ValueOf(mainDocument{Settings: DefaultSettings()}))
	g.defs["bootlace"] = main
	g.defs["hosts"] = g.structure(reflect.TypeFor[hostsFile]())
	g.ref(reflect.TypeFor[profile]())
	return json.MarshalIndent(object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "Bootlace",
		"description": "bootlace.yaml, profiles/*.yaml and hosts/*.yaml of Bootlace; see docs/configuration.md.",
		"anyOf":       []any{toDef("bootlace"), toDef("profile"), toDef("hosts")},
		"$defs":       g.defs,
	}, "", "  ")
}

func toDef(name string) object { return object{"$ref": "#/$defs/" + name} }

// ref puts a struct among the definitions, for some contain themselves.
func (g *schemaMaker) ref(t reflect.Type) object {
	name := t.Name()
	if g.defs[name] == nil {
		g.defs[name] = object{} // ends the recursion
		g.defs[name] = g.structure(t)
	}
	return toDef(name)
}

func (g *schemaMaker) structure(t reflect.Type) object {
	props := object{}
	for _, f := range fieldsOf(t) {
		s := g.of(t.FieldByIndex(f.index).Type, f)
		if f.doc != "" {
			s["description"] = f.doc
		}
		props[f.key] = s
	}
	return object{"type": "object", "additionalProperties": false, "properties": props}
}

// of gives the schema of a type.
func (g *schemaMaker) of(t reflect.Type, f field) object {
	if s, ok := reflect.New(t).Interface().(schemer); ok {
		return s.schema(g)
	}
	if words := wordsOf(t); words != nil {
		return object{"enum": words}
	}
	switch t {
	case reflect.TypeFor[boot.Text]():
		return textSchema()
	case reflect.TypeFor[time.Duration]():
		return object{"anyOf": []any{object{"const": 0}, patternSchema(`^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`)}}
	case reflect.TypeFor[time.Time]():
		return patternSchema(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?$`)
	case reflect.TypeFor[netip.Addr](), reflect.TypeFor[netip.Prefix]():
		return patternSchema(`^[0-9a-fA-F:.]+(/[0-9]+)?$`)
	case reflect.TypeFor[netip.AddrPort]():
		return patternSchema(`:[0-9]+$`)
	case reflect.TypeFor[boot.MACPattern]():
		return formSchema(macForm())
	case reflect.TypeFor[*regexp.Regexp]():
		return object{"type": "string", "format": "regex"}
	}
	return g.ofKind(t, f)
}

func (g *schemaMaker) ofKind(t reflect.Type, f field) object {
	switch t.Kind() {
	case reflect.String:
		return textSchema()
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		lo, hi := f.bounds(0, 1<<31-1)
		return object{"type": "integer", "minimum": lo, "maximum": hi}
	case reflect.Pointer:
		return g.of(t.Elem(), f)
	case reflect.Slice:
		return listSchema(g.of(t.Elem(), f))
	case reflect.Map:
		return object{"type": "object", "additionalProperties": g.of(t.Elem(), f)}
	default:
		return g.ref(t)
	}
}

// listSchema takes one value for a list of one.
func listSchema(item object) object {
	return object{"anyOf": []any{item, object{"type": "array", "items": item}}}
}

// textSchema takes what YAML makes of text without quotes.
func textSchema() object { return object{"type": []string{"string", "number", "boolean"}} }

func patternSchema(re string) object { return object{"type": "string", "pattern": re} }

func either(schemas ...object) object {
	all := make([]any, len(schemas))
	for i, s := range schemas {
		all[i] = s
	}
	return object{"anyOf": all}
}

// defaults adds what holds for keys that are not written.
func (g *schemaMaker) defaults(schema object, v reflect.Value) {
	props, _ := schema["properties"].(object)
	for _, f := range fieldsOf(v.Type()) {
		value, s := v.FieldByIndex(f.index), props[f.key].(object)
		if _, custom := reflect.New(value.Type()).Interface().(schemer); value.Kind() == reflect.Struct && !custom {
			def := strings.TrimPrefix(s["$ref"].(string), "#/$defs/")
			g.defaults(g.defs[def].(object), value)
			continue
		}
		if text := defaultText(value); !slices.Contains([]string{"[]", `""`}, text) && f.key != "unknown" {
			s["default"] = defaultJSON(text)
		}
	}
}

func defaultJSON(text string) any {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	if b, err := strconv.ParseBool(text); err == nil {
		return b
	}
	return text
}
