// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"bytes"
	"os"
	"reflect"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

const referenceHead = "# Every key that Bootlace knows, as three documents: bootlace.yaml, a profile, and a file of hosts.\n\n" +
	"# bootlace.yaml: the appliance. Every key is optional; the values here are the defaults.\n\n"

// TestReference: the first document follows from the types, the others are written by hand.
func TestReference(t *testing.T) {
	rest, err := os.ReadFile("testdata/reference_rest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := referenceHead + settingsReference() + string(rest)
	if *update {
		if err := os.WriteFile("reference.yaml", []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(Reference())); diff != "" {
		t.Errorf("run go generate (-want +got):\n%s", diff)
	}
}

// TestReferenceLoads: the reference is a configuration without mistakes, and its settings are the defaults.
func TestReferenceLoads(t *testing.T) {
	docs := bytes.Split(Reference(), []byte("\n---\n"))
	if len(docs) != 3 {
		t.Fatalf("%d documents, want 3", len(docs))
	}
	cfg, problems := check(fstest.MapFS{
		"bootlace.yaml":            {Data: docs[0]},
		"profiles/everything.yaml": {Data: docs[1]},
		"hosts/all.yaml":           {Data: docs[2]},
	}, "")
	for _, p := range problems {
		t.Error(p)
	}
	if cfg == nil {
		t.FailNow()
	}
	if diff := cmp.Diff(DefaultSettings(), *cfg.Settings, cmp.AllowUnexported(boot.MACPattern{}), compareAddrPorts(), emptyIsNil()); diff != "" {
		t.Errorf("settings (-default +reference):\n%s", diff)
	}
}

// TestReferenceComplete: every key of every type is there, live or in a comment.
func TestReferenceComplete(t *testing.T) {
	docs := bytes.Split(Reference(), []byte("\n---\n"))
	for i, typ := range []reflect.Type{reflect.TypeFor[mainDocument](), reflect.TypeFor[profile](), reflect.TypeFor[hostsFile]()} {
		for _, key := range allKeys(typ, map[reflect.Type]bool{}) {
			if !bytes.Contains(docs[i], []byte(key+":")) {
				t.Errorf("document %d does not show %s", i+1, key)
			}
		}
	}
}

// allKeys lists the keys of a type and of all types in it.
func allKeys(t reflect.Type, seen map[reflect.Type]bool) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] || t.PkgPath() != reflect.TypeFor[profile]().PkgPath() {
		return nil
	}
	seen[t] = true
	var keys []string
	for _, f := range fieldsOf(t) {
		keys = append(keys, f.key)
		keys = append(keys, allKeys(t.FieldByIndex(f.index).Type, seen)...)
	}
	return keys
}
