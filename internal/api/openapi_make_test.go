// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding"
	"fmt"
	"net/http"
	paths "path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/internal/logins"
)

// object is one of JSON.
type object = map[string]any

// operation is what the types do not say of a route.
type operation struct {
	id, summary string
	query       []string // NAME, or NAME:integer, and what it is
	headers     []string
	body        any    // a value of its type; nil: none
	answer      any    // nil: it is no JSON
	media       string // then
}

// describe makes the OpenAPI document of all routes.
func describe(s *Server, operations map[string]operation) (doc object, missing []string) {
	made := &schemas{all: object{}, names: map[reflect.Type]string{}}
	failure := object{"description": "a problem (RFC 9457)", "content": object{"application/problem+json": object{"schema": made.of(reflect.TypeFor[Problem]())}}}
	all := object{}
	s.eachRoute(func(least logins.Role, pattern string, _ http.HandlerFunc) {
		method, route, _ := strings.Cut(pattern, " ")
		o, ok := operations[pattern]
		if !ok {
			missing = append(missing, pattern)
			return
		}
		route = strings.ReplaceAll(Prefix+route, "...}", "}")
		if all[route] == nil {
			all[route] = object{}
		}
		all[route].(object)[strings.ToLower(method)] = o.object(made, least, route)
	})
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "Bootlace", "version": "v1", "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "What an appliance that boots machines over the network is asked and told. docs/api.md says more."},
		"servers":  []any{object{"url": "/"}},
		"security": []any{object{"token": []any{}}, object{"password": []any{}}},
		"paths":    all,
		"components": object{
			"schemas":   made.all,
			"responses": object{"Problem": failure},
			"securitySchemes": object{
				"token":    object{"type": "http", "scheme": "bearer", "description": "bootlace api token add"},
				"password": object{"type": "http", "scheme": "basic", "description": "bootlace api user add"},
			},
		},
	}, missing
}

// object describes one operation.
func (o *operation) object(made *schemas, least logins.Role, route string) object {
	ok := object{"description": "OK"}
	switch {
	case o.answer != nil:
		ok["content"] = object{"application/json": object{"schema": made.of(reflect.TypeOf(o.answer))}}
	default:
		ok["content"] = object{o.media: object{"schema": object{"type": "string"}}}
	}
	out := object{
		"operationId": o.id, "summary": o.summary, "description": "Needs the role " + least.String() + ".",
		"responses": object{"200": ok, "default": object{"$ref": "#/components/responses/Problem"}},
	}
	var params []any
	for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(route, -1) {
		params = append(params, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, q := range o.query {
		name, about, _ := strings.Cut(q, " ")
		name, kind, typed := strings.Cut(name, ":")
		if !typed {
			kind = "string"
		}
		params = append(params, object{"name": name, "in": "query", "description": about, "schema": object{"type": kind}})
	}
	for _, h := range o.headers {
		params = append(params, object{"name": h, "in": "header", "schema": object{"type": "string"}})
	}
	if params != nil {
		out["parameters"] = params
	}
	if o.body != nil {
		out["requestBody"] = object{"content": object{"application/json": object{"schema": made.of(reflect.TypeOf(o.body))}}}
	}
	return out
}

// schemas are those of all types that were met.
type schemas struct {
	all   object
	names map[reflect.Type]string
}

// of gives the schema of a type, of a struct by its name.
func (s *schemas) of(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return s.of(t.Elem())
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return object{"$ref": "#/components/schemas/" + s.name(t)}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float64:
		return object{"type": "number", "format": "double"}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return object{"type": "integer", "format": "int64"}
	case reflect.Interface:
		return object{}
	default:
		panic(fmt.Sprintf("%v is not known", t))
	}
}

// name gives the one under which a struct is described, with its package where that is not this one.
func (s *schemas) name(t reflect.Type) string {
	if name, ok := s.names[t]; ok {
		return name
	}
	name := t.Name()
	if p := paths.Base(t.PkgPath()); p != "api" {
		name = strings.ToUpper(p[:1]) + p[1:] + name
	}
	s.names[t] = name
	properties, required := object{}, []string{}
	s.fields(t, properties, &required)
	all := object{"type": "object", "properties": properties}
	if slices.Sort(required); len(required) > 0 {
		all["required"] = required
	}
	s.all[name] = all
	return name
}

// fields puts in those that JSON has.
func (s *schemas) fields(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
			continue
		case f.Anonymous && name == "":
			s.fields(f.Type, properties, required)
			continue
		}
		properties[name] = s.of(f.Type)
		if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
			*required = append(*required, name)
		}
	}
}
