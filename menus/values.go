// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

func empty(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return r.Len() == 0
	default:
		return false // false and 0 are answers, too
	}
}

func orDefault(other, v any) any {
	if empty(v) {
		return other
	}
	return v
}

func required(msg string, v any) (any, error) {
	if empty(v) {
		return nil, errors.New(msg)
	}
	return v, nil
}

func quoteWord(v any) (severalWords, error) {
	s, err := plain(v)
	switch {
	case err != nil:
		return "", err
	case strings.Contains(s, `"`):
		return "", errors.New(`the value holds ", for which the kernel's command line has no way`)
	case s == "" || strings.Contains(s, " "):
		return severalWords(`"` + s + `"`), nil
	}
	return severalWords(s), nil
}

func manyWords(v any) (severalWords, error) {
	if list, ok := v.([]any); ok {
		s, err := join(" ", list)
		return severalWords(s), err
	}
	s, err := plain(v)
	return severalWords(s), err
}

func join(sep string, list []any) (string, error) {
	parts := make([]string, 0, len(list))
	for _, v := range list {
		s, err := plain(v)
		if err != nil {
			return "", err
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, sep), nil
}

// plain gives the text of a single value.
func plain(v any) (string, error) {
	if v == nil {
		return "", errors.New("there is no such value")
	}
	switch reflect.ValueOf(v).Kind() {
	case reflect.Slice, reflect.Map, reflect.Array:
		return "", errors.New("expected one value, not a list or a map")
	default:
		return fmt.Sprint(v), nil
	}
}

// onText makes a function of any single value of one of texts.
func onText(f func(string) string) func(any) (string, error) {
	return func(v any) (string, error) {
		s, err := plain(v)
		return f(s), err
	}
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func hexText(s string) string { return hex.EncodeToString([]byte(s)) }

// The functions below take what is worked on last, so that it can be piped to them.

func split(sep, s string) []any {
	parts := strings.Split(s, sep)
	out := make([]any, len(parts))
	for i, s := range parts {
		out[i] = s
	}
	return out
}

func replace(from, to, s string) string { return strings.ReplaceAll(s, from, to) }

func contains(part, s string) bool { return strings.Contains(s, part) }

func hasPrefix(part, s string) bool { return strings.HasPrefix(s, part) }

func nindent(n int, s string) string { return "\n" + indent(n, s) }

// toJSON does not escape <, > and &, which no reader of these files needs.
func toJSON(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func indent(n int, s string) string {
	pad := strings.Repeat(" ", max(n, 0))
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = pad + l
		}
	}
	return strings.Join(lines, "\n")
}
