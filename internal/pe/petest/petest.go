// SPDX-License-Identifier: Apache-2.0

// Package petest makes small EFI programs and the keys to sign them with, for tests.
package petest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"math/big"
	"testing"
	"time"
)

// Section is a named piece of a program; a name may have more than eight bytes.
type Section struct {
	Name string
	Data []byte
}

// Places in what Program makes.
const (
	peAt     = 0x80
	optional = 240
	align    = 0x200
)

// Program makes a PE32+ file for EFI of that machine, with those sections. Nothing in it runs.
func Program(machine uint16, sections ...Section) []byte {
	names, at := []byte{0, 0, 0, 0}, align*((peAt+24+optional+40*len(sections)+align-1)/align)
	headers := at
	table, body := []byte{}, []byte{}
	for _, s := range sections {
		var name [8]byte
		if copy(name[:], s.Name) < len(s.Name) {
			name = [8]byte{}
			copy(name[:], "/"+big.NewInt(int64(len(names))).String())
			names = append(append(names, s.Name...), 0)
		}
		size := align * ((len(s.Data) + align - 1) / align)
		table = append(table, name[:]...)
		for _, v := range []int{len(s.Data), at, size, at, 0, 0, 0, 0x40000040} {
			table = binary.LittleEndian.AppendUint32(table, uint32(v))
		}
		body = append(body, append(append([]byte(nil), s.Data...), make([]byte, size-len(s.Data))...)...)
		at += size
	}
	binary.LittleEndian.PutUint32(names, uint32(len(names)))
	b := make([]byte, headers)
	copy(b, "MZ")
	binary.LittleEndian.PutUint32(b[0x3c:], peAt)
	copy(b[peAt:], "PE\x00\x00")
	binary.LittleEndian.PutUint16(b[peAt+4:], machine)
	binary.LittleEndian.PutUint16(b[peAt+6:], uint16(len(sections)))
	binary.LittleEndian.PutUint32(b[peAt+12:], uint32(at)) // no symbols, but their names
	binary.LittleEndian.PutUint16(b[peAt+20:], optional)
	binary.LittleEndian.PutUint16(b[peAt+22:], 0x206)
	o := b[peAt+24:]
	binary.LittleEndian.PutUint16(o, 0x20b)
	binary.LittleEndian.PutUint32(o[32:], align) // of sections
	binary.LittleEndian.PutUint32(o[36:], align) // of the file
	binary.LittleEndian.PutUint32(o[56:], uint32(at))
	binary.LittleEndian.PutUint32(o[60:], uint32(headers))
	binary.LittleEndian.PutUint16(o[68:], 10) // an EFI application
	binary.LittleEndian.PutUint32(o[108:], 16)
	copy(o[optional:], table)
	return append(append(b, body...), names...)
}

// Vendor is the section .vendor_cert of a shim that trusts one certificate, and revokes what signature lists say.
func Vendor(trusted *x509.Certificate, revoked []byte) Section {
	b := make([]byte, 16)
	binary.LittleEndian.PutUint32(b, uint32(len(trusted.Raw)))
	binary.LittleEndian.PutUint32(b[4:], uint32(len(revoked)))
	binary.LittleEndian.PutUint32(b[8:], 16)
	binary.LittleEndian.PutUint32(b[12:], uint32(16+len(trusted.Raw)))
	return Section{".vendor_cert", append(append(b, trusted.Raw...), revoked...)}
}

// Levels is the section .sbatlevel of a shim with an older and a newer level.
func Levels(older, newer string) Section {
	b := binary.LittleEndian.AppendUint32(nil, 0)
	b = binary.LittleEndian.AppendUint32(b, 8)
	b = binary.LittleEndian.AppendUint32(b, uint32(8+len(older)+1))
	return Section{".sbatlevel", append(b, older+"\x00"+newer+"\x00"...)}
}

// Identity is a certificate with its key.
type Identity struct {
	Certificate *x509.Certificate
	Key         *rsa.PrivateKey
}

// New makes an identity of that name, signed by another one, or by itself if that is nil. Its certificate expired long ago: firmware
// does not mind.
func New(t testing.TB, name string, by *Identity, authority bool) *Identity {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name, Organization: []string{"Test"}},
		NotBefore: time.Date(2011, 6, 27, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2016, 6, 27, 0, 0, 0, 0, time.UTC), IsCA: authority, BasicConstraintsValid: true}
	id := &Identity{Key: key}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.Certificate, by.Key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	if id.Certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return id
}

// List is an EFI_SIGNATURE_LIST of things of one size.
func List(kind string, things ...[]byte) []byte {
	each := 16 + len(things[0])
	b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(28+each*len(things)))
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(each))
	for _, thing := range things {
		b = append(append(b, "the owner's GUID"...), thing...)
	}
	return b
}
