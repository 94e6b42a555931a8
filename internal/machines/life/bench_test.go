// SPDX-License-Identifier: Apache-2.0

package life

import "testing"

// BenchmarkDerive is what a DISCOVER pays.
func BenchmarkDerive(b *testing.B) {
	g := newRig(&testing.T{}, Desired{}).install()
	b.ReportAllocs()
	for b.Loop() {
		if Derive(g.want, g.record, g.sight).Serve != ServeInstall {
			b.Fatal("it does not install")
		}
	}
}

// BenchmarkStep is what a file pays in the middle of an attempt.
func BenchmarkStep(b *testing.B) {
	g := newRig(&testing.T{}, Desired{}).install()
	e := Event{Kind: Asked, What: EvidenceAnswer, NIC: nic1, Uptime: g.uptime}
	b.ReportAllocs()
	for b.Loop() {
		s := g.sight.See(e)
		o := Step(g.want, g.record, s, e)
		if o.Status.Serve != ServeInstall {
			b.Fatal("it does not install")
		}
		g.sight = s.After(o, e)
	}
}

// BenchmarkRecord is what the store pays on top of its disk.
func BenchmarkRecord(b *testing.B) {
	g := newRig(&testing.T{}, Desired{}).install()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(g.record.Encode()); err != nil {
			b.Fatal(err)
		}
	}
}
