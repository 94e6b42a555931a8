// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"net/netip"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// describer is a custom or scalar type that says in words what it takes.
type describer interface{ describe() string }

// describe says what a type takes, for messages and for the tables of the documentation.
func describe(t reflect.Type, f field) string {
	if d, ok := reflect.New(t).Interface().(describer); ok {
		return d.describe()
	}
	if words := wordsOf(t); words != nil {
		return strings.Join(words, " or ")
	}
	switch t {
	case reflect.TypeFor[boot.Text]():
		return "text"
	case reflect.TypeFor[boot.MACPattern]():
		return macForm().What
	case reflect.TypeFor[time.Duration]():
		return "a time"
	case reflect.TypeFor[time.Time]():
		return "a date or a time of day"
	case reflect.TypeFor[netip.Addr]():
		return "an address"
	case reflect.TypeFor[netip.Prefix]():
		return "a network"
	case reflect.TypeFor[netip.AddrPort]():
		return "an address and port"
	case reflect.TypeFor[*regexp.Regexp]():
		return "a regular expression"
	case reflect.TypeFor[Size]():
		return "a size"
	}
	return describeKind(t, f)
}

func describeKind(t reflect.Type, f field) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a number"
	case reflect.Pointer:
		return describe(t.Elem(), f)
	case reflect.Slice:
		return "a list of " + plural(describe(t.Elem(), f))
	default:
		return "a mapping"
	}
}

func plural(s string) string {
	noun := strings.TrimPrefix(strings.TrimPrefix(s, "an "), "a ")
	switch {
	case strings.HasSuffix(noun, "address"):
		return noun + "es"
	case noun == "text", strings.Contains(noun, " or "), strings.Contains(noun, " and "):
		return noun
	}
	return noun + "s"
}
