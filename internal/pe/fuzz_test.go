// SPDX-License-Identifier: Apache-2.0

package pe_test

import (
	"bytes"
	"testing"

	"github.com/tinkerbell/ipxedust/binary"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

// FuzzRead: whatever a file holds, it is read or refused; what is read can be told; and nobody but the signer is trusted for it.
func FuzzRead(f *testing.F) {
	id, stranger := petest.New(f, "Test", nil, true), petest.New(f, "Stranger", nil, true)
	small := petest.Program(0x8664, petest.Section{Name: ".sbat", Data: []byte("shim,4,s,shim,16.1,u\n")}, petest.Vendor(id.Certificate, nil), petest.Levels("shim,3\n", "sbat,1,2025051000\nshim,4\n"))
	signed, err := pe.Sign(small, id.Key, id.Certificate)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add(small)
	f.Add(binary.SNP[:4096])
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := pe.Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		if p.String() == "" || len(p.Signatures) > 16 {
			t.Errorf("%s: %d signatures", p, len(p.Signatures))
		}
		for _, s := range p.Signatures {
			if s.TrustedBy(append(s.Others[:len(s.Others):len(s.Others)], stranger.Certificate)) == stranger.Certificate {
				t.Error("a stranger vouches for it")
			}
			_ = s.Issuers()
		}
		if again, err := pe.Sign(b, stranger.Key, stranger.Certificate); err == nil {
			n := len(p.Signatures)
			if q, err := pe.Read(bytes.NewReader(again), int64(len(again))); n < 16 && (err != nil || len(q.Signatures) != n+1 || q.Signatures[n].Err != nil) {
				t.Errorf("signed: %v", err)
			}
		}
	})
}
