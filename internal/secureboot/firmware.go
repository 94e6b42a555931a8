// SPDX-License-Identifier: Apache-2.0

package secureboot

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/internal/pe"
)

// Microsoft's authorities for programs of others. The first one expired in June 2026, which no firmware minds; but new machines come
// without it, and old ones without the second.
const (
	microsoft2011 = "Microsoft Corporation UEFI CA 2011"
	microsoft2023 = "Microsoft UEFI CA 2023"
)

// byFirmware judges a program that the firmware starts.
func (f *Firmware) byFirmware(p *pe.Program) finding {
	if got := f.sbat(p, nil); got.Answer == No && p.Shim != nil { // shim looks at itself; firmware knows no SBAT
		return got
	}
	signatures, none := f.valid(p)
	switch {
	case f.DB != nil && f.DB.Has(p.Digest):
		return finding{Yes, ByDigest, "its digest is in the firmware's db"}
	case none.Why != "":
		return none
	}
	for i := range signatures {
		if by := f.trusts(&signatures[i]); by != "" {
			return finding{Yes, Trusted, "the firmware trusts " + by}
		}
	}
	signed := "it is signed by " + list(authorities(signatures))
	if f.DB == nil && f.Names == nil {
		return finding{Unknown, FirmwareUnknown, signed + depends(signatures)}
	}
	return finding{No, Untrusted, signed + ", the firmware trusts " + list(f.trusted())}
}

// valid gives the signatures that count: those that fit the file and that dbx does not revoke; if there are none, the reason.
func (f *Firmware) valid(p *pe.Program) (valid []pe.Signature, none finding) {
	none = finding{No, Unsigned, "it is not signed"}
	for _, s := range p.Signatures {
		switch revoked := f.revoked(&s); {
		case s.Err != nil:
			none = finding{No, Damaged, "its signature is not valid: " + s.Err.Error()}
		case revoked != "":
			none = finding{No, Revoked, "the firmware's dbx revokes " + revoked}
		default:
			valid = append(valid, s)
		}
	}
	if len(valid) > 0 {
		return valid, finding{}
	}
	return nil, none
}

// revoked names a certificate of a signature that dbx has.
func (f *Firmware) revoked(s *pe.Signature) string {
	if f.DBX == nil {
		return ""
	}
	for _, c := range slices.Concat(s.Signers, s.Others) {
		if f.DBX.Revokes(c) {
			return pe.Name(c)
		}
	}
	return ""
}

// trusts names the one for whose sake the firmware trusts a signature; by the name alone, if that is all that is known.
func (f *Firmware) trusts(s *pe.Signature) string {
	if f.DB != nil {
		if c := s.TrustedBy(f.DB.Certificates); c != nil {
			return pe.Name(c)
		}
		return ""
	}
	for _, name := range s.Issuers() {
		if slices.Contains(f.Names, name) {
			return name
		}
	}
	return ""
}

// trusted names those whom the firmware trusts.
func (f *Firmware) trusted() []string {
	if f.DB == nil {
		return f.Names
	}
	return names(f.DB.Certificates)
}

// depends says on what it depends whether a firmware trusts a signature of Microsoft's.
func depends(signatures []pe.Signature) string {
	all := authorities(signatures)
	old, young := slices.Contains(all, microsoft2011), slices.Contains(all, microsoft2023)
	switch {
	case old && young:
		return ", one of which nearly all firmware trusts; what this one trusts is not known"
	case old:
		return ", which firmware that has only Microsoft's CA of 2023 refuses; what this one trusts is not known"
	case young:
		return ", which firmware that has only Microsoft's CA of 2011 refuses; what this one trusts is not known"
	}
	return "; what the firmware trusts is not known"
}

// authorities names whom one has to trust for signatures: the ones above their signers, or those that stand alone.
func authorities(signatures []pe.Signature) (names []string) {
	for i := range signatures {
		for _, c := range signatures[i].Signers {
			name := c.Issuer.CommonName
			if name == "" {
				name = c.Issuer.String()
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func names(all []*x509.Certificate) (names []string) {
	for _, c := range all {
		names = append(names, pe.Name(c))
	}
	return names
}

// list puts names into words.
func list(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	if n := len(names) - 1; n > 0 {
		return fmt.Sprintf("%s and %s", strings.Join(names[:n], ", "), names[n])
	}
	return names[0]
}
