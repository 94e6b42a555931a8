// SPDX-License-Identifier: Apache-2.0

package life

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// lived is a record with something in every field.
func lived(t *testing.T) Record {
	g := newRig(t, Desired{}).install()
	g.do(Event{Kind: Reported, Claim: g.claim()}).wait(time.Minute).request()
	g.want.Generation = 2
	g.request().do(Event{Kind: Asked, What: EvidenceScript, Tokens: []Token{{Hash: "ab", Scope: ScopeDone, Addr: "192.0.2.1"}}})
	return g.do(Event{Kind: Complained, Claim: g.claim(), Text: "no <disk>"}).order(OrderInstall).order(OrderHold).order(OrderNext, "rescue").record
}

func TestRecords(t *testing.T) {
	b := lived(t).Encode()
	r, err := Decode(b)
	if err != nil || string(r.Encode()) != string(b) {
		t.Fatalf("%v\n%s\n%s", err, b, r.Encode())
	}
	if len(b) > 1500 {
		t.Errorf("a record has %d bytes", len(b))
	}
	if _, err := Decode([]byte(" {\n  \"schema\": 1 }\n")); err != nil {
		t.Errorf("blanks: %v", err)
	}
}

// A record that is not exactly what is written is none: what it would allow is not known.
func TestDamagedRecords(t *testing.T) {
	good := string(lived(t).Encode())
	for i := range good {
		if _, err := Decode([]byte(good[:i])); err == nil {
			t.Errorf("the first %d bytes are taken for a record", i)
		}
	}
	for name, s := range map[string]string{
		"two":                 good + good,
		"an unknown key":      strings.Replace(good, `"orders"`, `"order"`, 1),
		"another case":        strings.Replace(good, `"orders"`, `"Orders"`, 1),
		"a key twice":         strings.Replace(good, `"orders":1`, `"orders":1,"orders":0`, 1),
		"no schema":           strings.Replace(good, `"schema":1,`, ``, 1),
		"an older schema":     strings.Replace(good, `"schema":1`, `"schema":0`, 1),
		"null":                `null`,
		"a list":              `[]`,
		"a zero that is told": `{"schema":1,"orders":0}`,
		"negative":            `{"schema":1,"orders":-1}`,
		"unknown evidence":    strings.Replace(good, `"what":"script"`, `"what":"scrypt"`, 1),
		"unknown ending":      strings.Replace(good, `"ending":"failed"`, `"ending":"fine"`, 1),
		"done, and not":       strings.Replace(good, `"ending":"failed"`, `"ending":"done"`, 1),
		"not done, and done":  strings.Replace(good, `"done":{"target":{"generation":1}`, `"done":{"target":{"generation":2}`, 1),
		"no boot":             strings.Replace(good, `"boot":{"run":"a","n":`, `"boot":{"run":"","n":0,"m":`, 1),
		"orders from nowhere": strings.Replace(good, `"target":{"generation":2}`, `"target":{"generation":2,"order":7}`, 1),
		"attempts miscounted": strings.Replace(good, `"script":1`, `"script":2`, 1),
		"too long":            good + strings.Repeat(" ", mostBytes),
	} {
		if s == good {
			t.Errorf("%s: the record has no such place", name)
		}
		if r, err := Decode([]byte(s)); err == nil || errors.Is(err, ErrNewer) || r.Orders != 0 {
			t.Errorf("%s: %v %+v", name, err, r)
		}
	}
	if _, err := Decode([]byte(`{"schema":2,"more":{}}`)); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer one: %v", err)
	}
}

func TestSuccessWords(t *testing.T) {
	for want, s := range map[string]Success{
		"callback": {}, "os-dhcp": {By: ProofSystem}, "timeout": {By: ProofTimeout}, "fetch: a/b": {By: ProofFetch, Path: "a/b"},
	} {
		if got := s.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
