// SPDX-License-Identifier: Apache-2.0

package configs

import "reflect"

// field is what the tags of a struct field say: yaml (the key), doc (one line for people; the unit and the reason of the
// default are in it), min and max (for numbers, times and sizes).
type field struct {
	index    []int
	key, doc string
	min, max string
}

// fieldsOf lists the keys of a struct in the order of its fields; embedded structs add theirs in their place.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		sf := t.Field(i)
		key, tagged := sf.Tag.Lookup("yaml")
		switch {
		case sf.Anonymous && !tagged && sf.Type.Kind() == reflect.Struct:
			for _, f := range fieldsOf(sf.Type) {
				f.index = append([]int{i}, f.index...)
				out = append(out, f)
			}
		case tagged:
			out = append(out, field{
				index: []int{i}, key: key, doc: sf.Tag.Get("doc"),
				min: sf.Tag.Get("min"), max: sf.Tag.Get("max"),
			})
		}
	}
	return out
}

func keysOf(fields []field) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	return keys
}
