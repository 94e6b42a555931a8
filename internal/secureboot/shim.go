// SPDX-License-Identifier: Apache-2.0

package secureboot

import (
	"fmt"

	"github.com/bootlace-net/bootlace/internal/pe"
)

// byShim judges a program that is started while a shim runs: that one takes the firmware's place (shim's verify_buffer). The next program
// is started by shim itself, which wants SBAT in it; kernels, which others start, may be without.
func (f *Firmware) byShim(p, shim *pe.Program, next bool) finding {
	s := shim.Shim
	signatures, none := f.valid(p)
	switch {
	case s.Revoked.Has(p.Digest):
		return finding{No, Revoked, "shim's vendor revokes it"}
	case next && len(p.SBAT) == 0 && p.Kind != pe.Kernel:
		return finding{No, WithoutSBAT, "it has no SBAT section, and shim starts nothing without"}
	}
	sbat := f.sbat(p, s)
	if sbat.Answer == No {
		return sbat
	}
	by := ""
	switch {
	case s.Trusted.Has(p.Digest) || f.DB != nil && f.DB.Has(p.Digest):
		by = "its digest"
	case none.Why != "":
		return none
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
		return finding{No, Untrusted, fmt.Sprintf("it is signed by %s, shim trusts %s, and what the machine's owner enrolled with MokManager", list(authorities(signatures)), list(names(s.Trusted.Certificates)))}
	case sbat.Answer == Unknown:
		return sbat
	}
	return finding{Yes, Trusted, "shim trusts " + by}
}

// sbat says whether a program's generations are high enough: for the firmware's level, and for those that the shim before it brings,
// of which it sets the older one.
func (f *Firmware) sbat(p *pe.Program, shim *pe.Shim) finding {
	if f.Least != nil {
		if c, least, refused := f.Least.Refuse(p.SBAT); refused {
			return finding{No, OldSBAT, tooOld(c, least, "the firmware's SBAT level "+f.Least.Date)}
		}
	}
	if shim == nil {
		return finding{Answer: Yes}
	}
	if c, least, refused := shim.Older.Refuse(p.SBAT); refused {
		return finding{No, OldSBAT, tooOld(c, least, "the SBAT level that shim sets, "+shim.Older.Date)}
	}
	if c, least, refused := shim.Newer.Refuse(p.SBAT); refused && f.Least == nil {
		return finding{Unknown, MaybeOldSBAT, tooOld(c, least, "the newer SBAT level of shim, "+shim.Newer.Date+"; whether it is set is not known")}
	}
	return finding{Answer: Yes}
}

func tooOld(c pe.Component, least uint64, what string) string {
	return fmt.Sprintf("its %s is of generation %d, and %d is the least of %s", c.Name, c.Generation, least, what)
}
