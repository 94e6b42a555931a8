// SPDX-License-Identifier: Apache-2.0

package secureboot

// OfKernel says whether a kernel can start under Secure Boot by the shim that comes with it, if one does (else its Program is nil). Whether
// a firmware trusts that shim is a question about a machine: Needs says whom it has to trust.
func OfKernel(kernel, shim Link) Verdict {
	if v, bad := unfit(kernel); bad {
		return v
	}
	k, s := kernel.Program, shim.Program
	signers := list(authorities(k.Signatures))
	if s == nil || s.Shim == nil {
		return Verdict{Answer: Unknown, Code: NeedsShim, Why: "the kernel is signed by " + signers + ": it starts behind a shim that trusts that, and none comes with it"}
	}
	needs := authorities(s.Signatures)
	f := Firmware{CPU: k.Machine.CPU()}
	switch got := f.byShim(k, s, false); {
	case got.Answer != Yes:
		return Verdict{Answer: got.Answer, Code: got.Code, Needs: needs, Why: "behind the shim that comes with it, " + shim.Name + ": " + got.Why}
	default:
		return Verdict{Answer: Yes, Code: ByOwnShim, Needs: needs, Why: "the shim that comes with it, " + shim.Name + ", starts the kernel, for " + got.Why}
	}
}

// OfProgram says whether a boot program can start under Secure Boot by itself. Needs says whom the firmware has to trust.
func OfProgram(program Link) Verdict {
	if v, bad := unfit(program); bad {
		return v
	}
	signatures, none := (&Firmware{}).valid(program.Program)
	if none.Why != "" {
		return Verdict{Answer: none.Answer, Code: none.Code, Why: none.Why}
	}
	return Verdict{Answer: Unknown, Code: FirmwareUnknown, Needs: authorities(signatures),
		Why: "it is signed by " + list(authorities(signatures)) + depends(signatures)}
}

// unfit is the verdict on what nothing can start.
func unfit(l Link) (Verdict, bool) {
	p := l.Program
	switch {
	case l.Err != nil:
		return Verdict{Answer: Unknown, Code: Unreadable, Why: "it cannot be read: " + l.Err.Error()}, true
	case p == nil || !p.EFI:
		return Verdict{Answer: No, Code: NotEFI, Why: "it is no EFI program"}, true
	case p.Signed() == "unsigned":
		return Verdict{Answer: No, Code: Unsigned, Why: "it is not signed: no Secure Boot"}, true
	case p.Signed() != "signed":
		return Verdict{Answer: No, Code: Damaged, Why: "its signature is not one of these bytes: it is damaged, or was changed"}, true
	}
	return Verdict{}, false
}
