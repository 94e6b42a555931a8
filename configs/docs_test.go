// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

const docsFile = "../docs/configuration.md"

// TestDocs: the tables in the documentation are those that follow from the types, and every type has one.
func TestDocs(t *testing.T) {
	b, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"order": true, "match": true, "host": true, "group": true, "adopt": true, "profile": true, "menu": true, "menuEntry": true, "file": true, "install": true, "redfish": true, "ipmi": true, "wol": true, "settings": true}
	tables := regexp.MustCompile(`(?s)<!-- table (\w+) -->\n.*?<!-- end -->`)
	got := tables.ReplaceAllStringFunc(string(b), func(s string) string {
		name := tables.FindStringSubmatch(s)[1]
		delete(want, name)
		return "<!-- table " + name + " -->\n" + docsTable(t, name) + "<!-- end -->"
	})
	for name := range want {
		t.Errorf("there is no table %s", name)
	}
	if *update {
		if err := os.WriteFile(docsFile, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(got, string(b)); diff != "" {
		t.Errorf("run go generate (-want +got):\n%s", diff)
	}
}

// docsOrder lists the selectors as they decide.
func docsOrder() string {
	var order []string
	for _, s := range boot.Selectors() {
		order = append(order, s.Name)
	}
	return "\n> " + strings.Join(order, ", ") + "\n\n"
}

func docsTable(t *testing.T, name string) string {
	switch name {
	case "order":
		return docsOrder()
	case "match":
		return matchTable()
	case "host":
		return keyTable(reflect.TypeFor[host]())
	case "group":
		return keyTable(reflect.TypeFor[group]())
	case "adopt":
		return keyTable(reflect.TypeFor[adopt]())
	case "profile":
		return keyTable(reflect.TypeFor[profile]())
	case "menu":
		return keyTable(reflect.TypeFor[menu]())
	case "menuEntry":
		return keyTable(reflect.TypeFor[menuEntry](), reflect.TypeFor[entry]())
	case "file":
		return keyTable(reflect.TypeFor[file]())
	case "install":
		return keyTable(reflect.TypeFor[installPolicy]())
	case "redfish":
		return keyTable(reflect.TypeFor[redfish]())
	case "ipmi":
		return keyTable(reflect.TypeFor[ipmi]())
	case "wol":
		return keyTable(reflect.TypeFor[wol]())
	case "settings":
		return settingsTables()
	}
	t.Fatalf("no table %s", name)
	return ""
}

// keyTable lists the keys of a type but not those of the types left out.
func keyTable(t reflect.Type, without ...reflect.Type) string {
	var b strings.Builder
	b.WriteString("\n| key | value | |\n|---|---|---|\n")
	skip := map[string]bool{}
	for _, w := range without {
		for _, f := range fieldsOf(w) {
			skip[f.key] = true
		}
	}
	for _, f := range fieldsOf(t) {
		if !skip[f.key] {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.key, describe(t.FieldByIndex(f.index).Type, f), cell(f.doc))
		}
	}
	b.WriteString("\n")
	return b.String()
}

// matchTable lists the selectors, the most decisive first.
func matchTable() string {
	var b strings.Builder
	b.WriteString("\n| key | value | |\n|---|---|---|\n")
	keys, byKey := matchKeys()
	for _, key := range keys {
		s, what := byKey[key], byKey[key].Form.What
		if s.Whole(&boot.Match{}) == nil {
			what = "a list of " + plural(what)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", key, what, cell(s.Doc))
	}
	return b.String() + "\n"
}

// cell escapes what would end a cell or begin HTML.
func cell(s string) string { return strings.NewReplacer("|", "\\|", "<", "&lt;").Replace(s) }

func settingsTables() string {
	var b strings.Builder
	m := reflect.ValueOf(mainDocument{Settings: DefaultSettings()})
	for _, f := range fieldsOf(m.Type()) {
		v := m.FieldByIndex(f.index)
		fmt.Fprintf(&b, "\n### %s\n\n%s\n", f.key, cell(f.doc))
		if f.key == "unknown" {
			continue
		}
		b.WriteString("\n| key | value | default | |\n|---|---|---|---|\n")
		if v.Kind() != reflect.Struct {
			fmt.Fprintf(&b, "| `%s` | %s | `%s` | |\n", f.key, describe(v.Type(), f), defaultText(v))
			continue
		}
		settingsRows(&b, v, f.key+".")
	}
	return b.String() + "\n"
}

func settingsRows(b *strings.Builder, v reflect.Value, prefix string) {
	for _, f := range fieldsOf(v.Type()) {
		x := v.FieldByIndex(f.index)
		if x.Kind() == reflect.Struct {
			fmt.Fprintf(b, "| `%s` | a mapping | | %s |\n", prefix+f.key, cell(f.doc))
			settingsRows(b, x, prefix+f.key+".")
			continue
		}
		limits := ""
		if f.min != "" {
			limits = ", from " + f.min
		}
		if f.max != "" {
			limits += ", at most " + f.max
		}
		fmt.Fprintf(b, "| `%s` | %s%s | `%s` | %s |\n", prefix+f.key, describe(x.Type(), f), limits, defaultText(x), cell(f.doc))
	}
	if v.Type() == reflect.TypeFor[TFTP]() {
		for _, f := range fieldsOfType[Remap]() {
			fmt.Fprintf(b, "| `%sremap[].%s` | %s | | %s |\n", prefix, f.key, describe(reflect.TypeFor[Remap]().FieldByIndex(f.index).Type, f), cell(f.doc))
		}
	}
}
