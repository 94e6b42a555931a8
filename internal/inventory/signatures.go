// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"crypto/x509"
	"encoding/binary"

	"github.com/bootlace-net/bootlace/boot"
)

// Sizes of EFI_SIGNATURE_LIST and EFI_SIGNATURE_DATA (UEFI section 32.4.1): a type, three sizes; an owner.
const (
	guidSize = 16
	listSize = guidSize + 3*4
)

// x509Type is EFI_CERT_X509_GUID, a5c059a1-94e4-4aa7-87b5-ab155c2bf072, as it is stored.
const x509Type = "\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72"

// authorities names the certificates in a firmware's signature database, at most so many.
func authorities(db []byte, most int) (names []string) {
	for len(db) >= listSize && len(names) < most {
		size := binary.LittleEndian.Uint32(db[guidSize:])
		header := binary.LittleEndian.Uint32(db[guidSize+4:])
		each := binary.LittleEndian.Uint32(db[guidSize+8:])
		if uint64(size) > uint64(len(db)) || uint64(size) < listSize+uint64(header) || each <= guidSize {
			break
		}
		list := db[listSize+header : size]
		if string(db[:guidSize]) == x509Type {
			for len(list) >= int(each) && len(names) < most {
				names = append(names, authority(list[guidSize:each]))
				list = list[each:]
			}
		}
		db = db[size:]
	}
	return names
}

// authority gives a certificate's name.
func authority(der []byte) string {
	c, err := x509.ParseCertificate(der)
	switch {
	case err != nil:
		return "a certificate that cannot be read"
	case c.Subject.CommonName != "":
		return boot.Excerpt(c.Subject.CommonName, mostOfAText)
	}
	return boot.Excerpt(c.Subject.String(), mostOfAText)
}
