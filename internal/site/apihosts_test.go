// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzCanonicalHost: what is kept of a request is one line of JSON that is read back as the same host under the same name.
func FuzzCanonicalHost(f *testing.F) {
	for _, body := range []string{`{"match":{"mac":"52:54:00:00:00:07"}}`, `{"name":"n","x":"\u2028\ud83d\ude00\n"}`, `{"a":1e400,"b":[[[{}]]]}`, `{} `, `[`, "{\"a\":\"\xff\"}"} {
		f.Add("n", []byte(body))
	}
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		kept, err := CanonicalHost(name, body)
		if err != nil {
			return
		}
		if bytes.ContainsAny(kept, "\n\r") || !json.Valid(kept) {
			t.Fatalf("%q", kept)
		}
		again, err := CanonicalHost(name, kept)
		if err != nil || !bytes.Equal(kept, again) {
			t.Fatalf("%q, %q, %v", kept, again, err)
		}
		var is struct {
			Name string `json:"name"`
		}
		if err := json.Unmarshal(kept, &is); err != nil {
			t.Fatal(err)
		}
		all, err := decodeHosts(APIHosts{is.Name: kept}.encode())
		if err != nil || len(all) != 1 || !bytes.Equal(all[is.Name], kept) {
			t.Fatalf("%q: %v, %v", kept, all, err)
		}
	})
}
