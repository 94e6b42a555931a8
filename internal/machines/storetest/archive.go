// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bootlace-net/bootlace/internal/machines"
)

// Archive runs the contract of an Archive.
func Archive(t *testing.T, empty func(*testing.T) machines.Archive) {
	t.Run("archive", func(t *testing.T) {
		a := empty(t)
		put := func(kind string, entries ...machines.Entry) {
			t.Helper()
			if err := a.Put(kind, entries); err != nil {
				t.Fatal(err)
			}
		}
		all := func(kind string) (out string) {
			t.Helper()
			if err := a.All(kind, func(e machines.Entry) error { out += fmt.Sprintf("%s=%q ", e.Key, e.Value); return nil }); err != nil {
				t.Error(err)
			}
			return out
		}
		if got := all("facts"); got != "" {
			t.Errorf("an empty one holds %s", got)
		}
		put("facts", machines.Entry{Key: "b", Value: []byte("1")}, machines.Entry{Key: "a", Value: []byte("2")})
		put("told", machines.Entry{Key: "a", Value: []byte("3")})
		put("facts", machines.Entry{Key: "b"}, machines.Entry{Key: "c", Value: []byte{}}, machines.Entry{Key: "never"})
		put("facts")
		if got, want := all("facts"), `a="2" c="" `; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got, want := all("told"), `a="3" `; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		enough := errors.New("enough")
		if err := a.All("facts", func(machines.Entry) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("the visitor's error became %v", err)
		}
	})
}
