// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSchema(t *testing.T) {
	want, err := makeSchema()
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("schema.json", want, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), string(Schema())); diff != "" {
		t.Errorf("run go generate (-want +got):\n%s", diff)
	}
}

func loadSchema(t *testing.T) object {
	t.Helper()
	b, err := makeSchema()
	if err != nil {
		t.Fatal(err)
	}
	var s object
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchemaTakesReference(t *testing.T) {
	root := loadSchema(t)
	for i, def := range []string{"bootlace", "profile", "hosts"} {
		validateYAML(t, root, def, bytes.Split(Reference(), []byte("\n---\n"))[i])
	}
}

func TestSchemaOf(t *testing.T) {
	for _, kind := range SchemaKinds() {
		b, err := SchemaOf(kind)
		var s object
		if err != nil || json.Unmarshal(b, &s) != nil {
			t.Fatal(kind, err)
		}
		delete(s, "$schema")
		delete(s, "title")
		delete(s, "$defs")
		if err := validate(loadSchema(t), s, object{}, kind); err != nil {
			t.Error(err)
		}
		if err := validate(loadSchema(t), s, object{"no-such-key": "x"}, kind); err == nil {
			t.Errorf("%s takes everything", kind)
		}
	}
	if _, err := SchemaOf("host"); err == nil {
		t.Error("there is a schema host")
	}
}

// validateYAML checks every document of a file.
func validateYAML(t *testing.T, root object, def string, b []byte) {
	t.Helper()
	for _, v := range values(t, b) {
		if err := validate(root, toDef(def), plainJSON(t, v), def); err != nil {
			t.Error(err)
		}
	}
}

// values gives what every document of a file holds.
func values(t *testing.T, b []byte) []any {
	t.Helper()
	docs, err := parseAll(b)
	if err != nil {
		t.Fatal(err)
	}
	var out []any
	for _, doc := range docs {
		var v any
		if err := doc.Decode(&v); err != nil {
			t.Fatal(err)
		}
		if v != nil {
			out = append(out, v)
		}
	}
	return out
}

// plainJSON makes of a value what a JSON parser would have made of it.
func plainJSON(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSchemaRefuses(t *testing.T) {
	root := loadSchema(t)
	for _, tt := range []struct{ def, doc string }{
		{"bootlace", "sever: {}"},
		{"bootlace", "tftp: {gso: maybe}"},
		{"bootlace", "tftp: {block_size: {max: 70000}}"},
		{"bootlace", "http: {port: x}"},
		{"bootlace", "loop: {within: 3 minutes}"},
		{"bootlace", "unknown: reinstall"},
		{"profile", "kernl: x"},
		{"profile", "kernel: [x]"},
		{"profile", "menu: {entries: [{nam: x}]}"},
		{"profile", "arch: {arm64: {kernl: x}}"},
		{"hosts", "hosts: [{name: a, match: {mac: xyz}}]"},
		{"hosts", "hosts: [{name: a b}]"},
		{"hosts", "groups: [{name: a, match: {firmware: efi}}]"},
	} {
		v := values(t, []byte(tt.doc))[0]
		if validate(root, toDef(tt.def), plainJSON(t, v), "") == nil {
			t.Errorf("%s: the schema takes %q", tt.def, tt.doc)
		}
	}
}

// validate is as much of JSON Schema as ours uses; a keyword it does not know is an error.
func validate(root, s object, v any, at string) error {
	for key, want := range s {
		var err error
		switch key {
		case "$ref":
			err = validate(root, root["$defs"].(object)[strings.TrimPrefix(want.(string), "#/$defs/")].(object), v, at)
		case "anyOf":
			err = validateAny(root, want.([]any), v, at)
		case "type":
			err = validateType(want, v, at)
		case "enum":
			if !slices.ContainsFunc(want.([]any), func(w any) bool { return reflect.DeepEqual(w, v) }) {
				err = fmt.Errorf("%s: %v is none of %v", at, v, want)
			}
		case "const":
			if !reflect.DeepEqual(want, v) {
				err = fmt.Errorf("%s: %v is not %v", at, v, want)
			}
		case "pattern":
			if text, ok := v.(string); ok && !regexp.MustCompile(want.(string)).MatchString(text) {
				err = fmt.Errorf("%s: %q does not match %s", at, text, want)
			}
		case "minimum", "maximum":
			if n, ok := v.(float64); ok && (key == "minimum" && n < want.(float64) || key == "maximum" && n > want.(float64)) {
				err = fmt.Errorf("%s: %v is out of bounds", at, n)
			}
		case "items":
			items, _ := v.([]any)
			for i, item := range items {
				err = firstError(err, validate(root, want.(object), item, fmt.Sprintf("%s[%d]", at, i)))
			}
		case "properties", "additionalProperties":
			err = validateObject(root, s, v, at)
		case "description", "default", "format":
		default:
			err = fmt.Errorf("%s: keyword %s", at, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func validateAny(root object, schemas []any, v any, at string) error {
	var errs []string
	for _, s := range schemas {
		err := validate(root, s.(object), v, at)
		if err == nil {
			return nil
		}
		errs = append(errs, err.Error())
	}
	return fmt.Errorf("%s: none fits: %s", at, strings.Join(errs, "; "))
}

func validateType(want, v any, at string) error {
	types, ok := want.([]any)
	if !ok {
		types = []any{want}
	}
	for _, typ := range types {
		switch x := v.(type) {
		case string:
			ok = typ == "string"
		case bool:
			ok = typ == "boolean"
		case float64:
			ok = typ == "number" || typ == "integer" && x == float64(int64(x))
		case []any:
			ok = typ == "array"
		case object:
			ok = typ == "object"
		default:
			ok = false
		}
		if ok {
			return nil
		}
	}
	return fmt.Errorf("%s: %T is not %v", at, v, want)
}

func validateObject(root, s object, v any, at string) error {
	o, ok := v.(object)
	if !ok {
		return nil
	}
	props, _ := s["properties"].(object)
	for key, value := range o {
		sub, known := props[key].(object)
		if extra, isSchema := s["additionalProperties"].(object); !known && isSchema {
			sub, known = extra, true
		}
		if !known && s["additionalProperties"] == false {
			return fmt.Errorf("%s: unknown key %s", at, key)
		}
		if known {
			if err := validate(root, sub, value, at+"."+key); err != nil {
				return err
			}
		}
	}
	return nil
}
