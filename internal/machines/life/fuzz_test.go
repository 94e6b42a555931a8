// SPDX-License-Identifier: Apache-2.0

package life

import (
	"testing"
	"time"
)

// FuzzDecode: what is read is what would be written, and whatever it is, a life can go on from it.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"schema":1}`))
	f.Add([]byte(`{"schema":2}`))
	f.Add([]byte(`{"schema":1,"orders":1,"attempt":{"target":{"generation":1},"number":1,"script":1,"boot":{"run":"a","n":1},"at":"2001-09-09T01:46:40Z","ending":"pending"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Decode(b)
		if err != nil {
			if r.Schema != 0 || r.Orders != 0 || r.Attempt.Number != 0 {
				t.Fatalf("an error with a record: %+v", r)
			}
			return
		}
		again, err := Decode(r.Encode())
		if err != nil || string(again.Encode()) != string(r.Encode()) {
			t.Fatalf("%v: %s", err, r.Encode())
		}
		live(t, r, []byte("fuzz, and all that"))
	})
}

// FuzzStep: no events and orders lead to a record that cannot be read, lose what is done, or give more attempts than allowed.
func FuzzStep(f *testing.F) {
	f.Add([]byte{0, 16, 32, 1, 17, 33, 2, 18, 34})
	f.Add([]byte("what is done is done, and what is not is not"))
	f.Fuzz(func(t *testing.T, script []byte) { live(t, Record{}, script) })
}

// live lets two bytes after the other happen to a machine.
func live(t *testing.T, r Record, script []byte) {
	d := Desired{Installs: true, Profile: "p", Generation: 1, Attempts: 3}
	s := Sight{Run: "f"}
	most := max(d.Attempts, r.Attempt.Number)
	var uptime time.Duration
	for ; len(script) > 1; script = script[2:] {
		a, b := script[0], script[1]
		uptime += time.Duration(b) * time.Second
		e := Event{
			Kind: Kind(a%uint8(kindCount-1)) + 1, At: time.Unix(int64(b)*1000, 0), Uptime: uptime, NIC: nic1, Fresh: b&1 == 1, Firmware: b&2 == 2,
			What: Evidence(b % uint8(EvidenceSystem+1)), Boot: s.Boot(), Claim: Claim{r.Attempt.Target, int(b % 4)}, Text: string(script),
			Path: []string{"", "ready"}[b%2], Tokens: make([]Token, b%3),
		}
		d.Success = Success{By: Proof(a >> 6), Path: "ready"}
		d.Generation += int(b >> 7)
		s = s.See(e)
		o := Step(d, r, s, e)
		if a%16 == 15 {
			o = Command(d, r, s, Order{Verb: Verbs()[int(b)%len(Verbs())], Profile: "other", At: e.At})
		}
		if o.Refused && e.Kind == Asked && a%16 != 15 {
			t.Fatalf("a file is refused by: %+v", o.Effects)
		}
		if !o.Record.Done.Target.covers(r.Done.Target) || o.Record.Orders < r.Orders || o.Record.Attempt.Number > most {
			t.Fatalf("%+v\nbefore: %+v", o.Record, r)
		}
		if _, err := Decode(o.Record.Encode()); o.Changed && err != nil {
			t.Fatalf("%v: %s", err, o.Record.Encode())
		}
		s, r = s.After(o, e), o.Record
	}
}
