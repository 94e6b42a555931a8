// SPDX-License-Identifier: Apache-2.0

package secureboot

import (
	"fmt"

	"github.com/bootlace-net/bootlace/internal/pe"
)

// byShim judges a program that is started while a shim runs: that one takes the firmware's place (shim's verify_buffer). The next program
// is started by shim itself, which wants SBAT in it; kernels, which others start, may be without.
func (f *Firmware) byShim(p, shim *pe.Program, next bool) (Answer, string) {
	s := shim.Shim
	signatures, none := f.valid(p)
	switch {
	case s.Revoked.Has(p.Digest):
		return No, "shim's vendor revokes it"
	case next && len(p.SBAT) == 0 && p.Kind != pe.Kernel:
		return No, "it has no SBAT section, and shim starts nothing without"
	}
	sbat, why := f.sbat(p, s)
	if sbat == No {
		return No, why
	}
	by := ""
	switch {
	case s.Trusted.Has(p.Digest) || f.DB != nil && f.DB.Has(p.Digest):
		by = "its digest"
	case none != "":
		return No, none
	}
	for i := range signatures {
		if c := signatures[i].TrustedBy(s.Trusted.Certificates); c != nil && by == "" && !s.Revoked.Revokes(c) {
			by = pe.Name(c)
		} else if name := f.trusts(&signatures[i]); name != "" && by == "" {
			by = name + ", as the firmware does"
		}
	}
	switch {
	case by == "":
		return No, fmt.Sprintf("it is signed by %s, shim trusts %s, and what the machine's owner enrolled with MokManager", list(authorities(signatures)), list(names(s.Trusted.Certificates)))
	case sbat == Unknown:
		return Unknown, why
	}
	return Yes, "shim trusts " + by
}

// sbat says whether a program's generations are high enough: for the firmware's level, and for those that the shim before it brings,
// of which it sets the older one.
func (f *Firmware) sbat(p *pe.Program, shim *pe.Shim) (Answer, string) {
	if f.Least != nil {
		if c, least, refused := f.Least.Refuse(p.SBAT); refused {
			return No, tooOld(c, least, "the firmware's SBAT level "+f.Least.Date)
		}
	}
	if shim == nil {
		return Yes, ""
	}
	if c, least, refused := shim.Older.Refuse(p.SBAT); refused {
		return No, tooOld(c, least, "the SBAT level that shim sets, "+shim.Older.Date)
	}
	if c, least, refused := shim.Newer.Refuse(p.SBAT); refused && f.Least == nil {
		return Unknown, tooOld(c, least, "the newer SBAT level of shim, "+shim.Newer.Date+"; whether it is set is not known")
	}
	return Yes, ""
}

func tooOld(c pe.Component, least uint64, what string) string {
	return fmt.Sprintf("its %s is of generation %d, and %d is the least of %s", c.Name, c.Generation, least, what)
}
