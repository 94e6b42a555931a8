// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"fmt"
)

// Bounds of a database. A dbx has some 400 digests; no db has a dozen certificates.
const (
	maxAuthorities = 64
	maxDigests     = 16 << 10
)

// Database is what a firmware keeps in the variables db, dbx, dbt and KEK, and shim in its vendor's section and MokList.
type Database struct {
	Certificates []*x509.Certificate
	Unreadable   int                 // certificates that cannot be read
	Programs     [][sha256.Size]byte // Authenticode digests, SHA-256
	Revoked      [][sha256.Size]byte // digests of certificates' to-be-signed parts
	Others       int                 // entries of kinds that are not known here
}

// Sizes of EFI_SIGNATURE_LIST and EFI_SIGNATURE_DATA (UEFI section 32.4.1): a type, three sizes; an owner.
const (
	guidSize = 16
	listSize = guidSize + 3*4
)

// Types of signature lists, as they are stored: EFI_CERT_X509_GUID, EFI_CERT_SHA256_GUID, EFI_CERT_X509_SHA256_GUID.
const (
	typeX509       = "\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72"
	typeSHA256     = "\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28"
	typeX509SHA256 = "\x92\xa4\xd2\x3b\xc0\x96\x79\x40\xb4\x20\xfc\xf9\x8e\xf1\x03\xed"
)

// ParseDatabase reads signature lists, one after the other. With an error it gives what was there before it.
func ParseDatabase(b []byte) (d Database, err error) {
	for n := 1; len(b) > 0; n++ {
		if len(b) < listSize {
			return d, fmt.Errorf("signature list %d: %d bytes are left, a list has at least %d", n, len(b), listSize)
		}
		size, header, each := uint64(binary.LittleEndian.Uint32(b[guidSize:])), uint64(binary.LittleEndian.Uint32(b[guidSize+4:])), uint64(binary.LittleEndian.Uint32(b[guidSize+8:]))
		switch {
		case size > uint64(len(b)) || size < listSize+header:
			return d, fmt.Errorf("signature list %d has %d bytes with a header of %d: expected at least %d and at most %d", n, size, header, listSize+header, len(b))
		case each <= guidSize || (size-listSize-header)%each != 0:
			return d, fmt.Errorf("signature list %d: entries of %d bytes in %d", n, each, size-listSize-header)
		}
		if err = d.add(string(b[:guidSize]), b[listSize+header:size], int(each)); err != nil {
			return d, fmt.Errorf("signature list %d: %w", n, err)
		}
		b = b[size:]
	}
	return d, nil
}

// add takes the entries of one list.
func (d *Database) add(kind string, list []byte, each int) error {
	for ; len(list) >= each; list = list[each:] {
		thing := list[guidSize:each]
		switch {
		case len(d.Certificates)+d.Unreadable > maxAuthorities || len(d.Programs)+len(d.Revoked) > maxDigests:
			return fmt.Errorf("more than %d certificates or %d digests", maxAuthorities, maxDigests)
		case kind == typeX509:
			d.certificate(thing)
		case kind == typeSHA256 && len(thing) == sha256.Size:
			d.Programs = append(d.Programs, [sha256.Size]byte(thing))
		case kind == typeX509SHA256 && len(thing) >= sha256.Size: // a time follows
			d.Revoked = append(d.Revoked, [sha256.Size]byte(thing))
		default:
			d.Others++
		}
	}
	return nil
}

func (d *Database) certificate(der []byte) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		d.Unreadable++
		return
	}
	d.Certificates = append(d.Certificates, c)
}

// ParseTrust reads what people have of a database: signature lists, with or without the attributes that Linux' efivarfs puts before
// them, or a single certificate (DER). Of nothing it makes an empty database.
func ParseTrust(b []byte) (d Database, err error) {
	if c, err := x509.ParseCertificate(b); err == nil {
		return Database{Certificates: []*x509.Certificate{c}}, nil
	}
	if d, err = ParseDatabase(b); err == nil || len(b) < 4 || len(b) >= guidSize && known(b[:guidSize]) {
		return d, err
	}
	if without, werr := ParseDatabase(b[4:]); werr == nil {
		return without, nil
	}
	return d, err
}

func known(kind []byte) bool {
	return bytes.Equal(kind, []byte(typeX509)) || bytes.Equal(kind, []byte(typeSHA256)) || bytes.Equal(kind, []byte(typeX509SHA256))
}

// Has reports whether a digest is among the programs.
func (d *Database) Has(digest [sha256.Size]byte) bool {
	for _, p := range d.Programs {
		if p == digest {
			return true
		}
	}
	return false
}

// Revokes reports whether a certificate is in the database, whole or by its digest.
func (d *Database) Revokes(c *x509.Certificate) bool {
	sum := sha256.Sum256(c.RawTBSCertificate)
	for _, r := range d.Revoked {
		if r == sum {
			return true
		}
	}
	return contains(d.Certificates, c)
}
