// SPDX-License-Identifier: Apache-2.0

package secureboot

// Code is the reason of an answer in a word for programs, which stays the same between versions.
type Code string

// The codes.
const (
	IsOff   Code = "off"   // nothing is checked
	InSetup Code = "setup" // no key is enrolled, and nothing is checked

	Trusted   Code = "trusted"    // whoever starts it trusts who has signed it
	ByDigest  Code = "digest"     // the firmware's db has its digest
	ByOwnShim Code = "own-shim"   // the shim that comes with it trusts its signer
	Untrusted Code = "untrusted"  // who starts it does not trust who has signed it
	Unsigned  Code = "unsigned"   //
	Damaged   Code = "damaged"    // its signature is one of other bytes
	Revoked   Code = "revoked"    // dbx, or the shim's vendor, has it or its signer
	OtherCPU  Code = "other-cpu"  // it is for other machines
	NotEFI    Code = "not-efi"    // it is no EFI program
	OldSBAT   Code = "sbat-old"   // a generation in its SBAT section is too low
	NeedsShim Code = "needs-shim" // it starts behind a shim that trusts its signer, and none comes with it

	WithoutSBAT     Code = "sbat-missing"     // it has no SBAT section where shim wants one
	MaybeOldSBAT    Code = "sbat-maybe-old"   // a generation is too low if the newer level of the shim is set
	FirmwareUnknown Code = "firmware-unknown" // what the firmware trusts is not known
	Unreadable      Code = "unreadable"       // it could not be read, or what it is is decided later
	NoChain         Code = "no-chain"         // it is not known what the firmware starts
)

// Codes lists them.
func Codes() []Code {
	return []Code{IsOff, InSetup, Trusted, ByDigest, ByOwnShim, Untrusted, Unsigned, Damaged, Revoked, OtherCPU, NotEFI, OldSBAT, NeedsShim,
		WithoutSBAT, MaybeOldSBAT, FirmwareUnknown, Unreadable, NoChain}
}
