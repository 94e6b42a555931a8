// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"strings"
	"text/template"

	"github.com/bootlace-net/bootlace/boot"
)

// Functions lists the functions that templates may use beside those of text/template, each with what it does. It is the
// source of the documentation.
func Functions() map[string]string {
	return map[string]string{
		"url":         `{{ url "preseed.cfg" }} is the address of a file of this machine, by HTTP if it is on, else by TFTP; {{ url "seed/" }} that of a directory`,
		"include":     `{{ include "name" . }} renders another template, to be piped on`,
		"secret":      `{{ secret "name" }} is a secret of this machine`,
		"sha512crypt": `{{ sha512crypt "password" }} is its hash for /etc/shadow, salted by the machine; a second argument is the salt`,
		"dash":        `{{ dash .mac }} is 52-54-00-12-34-56`,
		"colon":       `{{ colon .mac }} is 52:54:00:12:34:56, from any form`,
		"bare":        `{{ bare .mac }} is 525400123456`,
		"hexip":       `{{ hexip .ip }} is C0A80101, from 192.168.1.1`,
		"default":     `{{ .vars.disk | default "/dev/sda" }} is the value, or the other one if it is missing or empty`,
		"required":    `{{ .vars.disk | required "say which disk" }} is an error with that text if the value is missing or empty`,
		"quote":       `{{ quote .vars.name }} is one word of a command line, in quotes if it needs them`,
		"words":       `{{ words .vars.extra }} are several words of a command line; a list is joined`,
		"b64":         `{{ b64 "text" }} is it in base64`,
		"hex":         `{{ hex "text" }} are its bytes in hexadecimal`,
		"json":        `{{ json .vars.users }} is the value as JSON`,
		"yaml":        `{{ yaml .vars.users }} is the value as YAML`,
		"indent":      `{{ indent 4 "text" }} puts spaces before every line`,
		"nindent":     `{{ nindent 4 "text" }} is indent after a line break`,
		"join":        `{{ join "," .vars.list }} joins the values of a list`,
		"split":       `{{ split "," .vars.text }} makes a list`,
		"replace":     `{{ replace "old" "new" .vars.text }} replaces every old`,
		"trim":        `{{ trim .vars.text }} drops white space at both ends`,
		"upper":       `{{ upper .vars.text }} is it in upper case`,
		"lower":       `{{ lower .vars.text }} is it in lower case`,
		"contains":    `{{ contains "part" .vars.text }} is true if the text holds the part`,
		"hasPrefix":   `{{ hasPrefix "part" .vars.text }} is true if the text begins with the part`,
	}
}

// needsRoot names the functions that get the root data as their first argument.
func needsRoot(name string) bool {
	switch name {
	case "url", "include", "secret", "sha512crypt":
		return true
	}
	return false
}

func funcs() template.FuncMap {
	f := template.FuncMap{
		"url": urlOf, "include": include, "secret": secret, "sha512crypt": crypt,
		"dash": macForm(boot.MAC.Dash), "colon": macForm(boot.MAC.String), "bare": macForm(bare), "hexip": hexIPText,
		"default": orDefault, "required": required, "quote": quoteWord, "words": manyWords,
		"b64": func(v any) (string, error) { return onText(v, b64) },
		"hex": func(v any) (string, error) {
			return onText(v, func(s string) string { return hex.EncodeToString([]byte(s)) })
		},
		"json": toJSON, "yaml": toYAML, "indent": indent,
		"nindent": func(n int, s string) string { return "\n" + indent(n, s) },
		"join":    join,
		"split":   func(sep, s string) []any { return anys(strings.Split(s, sep)) },
		"replace": func(from, to, s string) string { return strings.ReplaceAll(s, from, to) },
		"trim":    strings.TrimSpace, "upper": strings.ToUpper, "lower": strings.ToLower,
		"contains":  func(part, s string) bool { return strings.Contains(s, part) },
		"hasPrefix": func(part, s string) bool { return strings.HasPrefix(s, part) },
	}
	maps.Copy(f, guardFuncs())
	return f
}

func urlOf(root any, path string) (string, error) {
	sc, err := scopeOf(root)
	if err != nil {
		return "", err
	}
	n, err := sc.name(sc.path(strings.TrimPrefix(path, "/")))
	if err != nil {
		return "", err
	}
	if strings.HasSuffix(path, "/") {
		return sc.url(n) + "/", nil // a directory, to which its reader adds names (cloud-init's NoCloud)
	}
	return sc.url(n), nil
}

func include(root any, name string, data any) (string, error) {
	sc, err := scopeOf(root)
	if err != nil {
		return "", err
	}
	t := sc.tree.partials.Lookup(name)
	if t == nil || name == "" {
		return "", fmt.Errorf("there is no template %q: %s", name, boot.Hint(name, sc.tree.partialNames()))
	}
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return "", err
	}
	return b.String(), nil
}

func secret(root any, name string) (string, error) {
	sc, err := scopeOf(root)
	switch {
	case err != nil:
		return "", err
	case sc.proving:
		return "secret", nil
	case sc.tree.opts.Secret == nil:
		return "", errors.New("there are no secrets: none are configured")
	}
	return sc.tree.opts.Secret(name, sc.visit.Client)
}

func macForm(form func(boot.MAC) string) func(string) (string, error) {
	return func(s string) (string, error) {
		if s == "" {
			return "", nil // not known: as empty as it was
		}
		m, err := boot.ParseMAC(s)
		return form(m), err
	}
}

func bare(m boot.MAC) string { return hex.EncodeToString(m[:]) }

func hexIPText(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Unmap().Is4() {
		return "", fmt.Errorf("%q is not an IPv4 address", s)
	}
	return hexIP(a.Unmap()), nil
}

// hexIP is how PXELINUX, U-Boot and GRUB write an IPv4 address in a file's name.
func hexIP(a netip.Addr) string {
	b := a.As4()
	return strings.ToUpper(hex.EncodeToString(b[:]))
}

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

func onText(v any, f func(string) string) (string, error) {
	s, err := plain(v)
	return f(s), err
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

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
