// SPDX-License-Identifier: Apache-2.0

package secureboot

import (
	"fmt"

	"github.com/bootlace-net/bootlace/internal/pe"
)

// Answer is whether something starts.
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// State is a firmware's, as its variables SecureBoot and SetupMode say.
type State string

// The states. In setup mode no key is enrolled, and nothing is checked.
const (
	StateUnknown State = ""
	On           State = "on"
	Off          State = "off"
	Setup        State = "setup"
)

// Firmware is what is known of a machine's. The zero value is one of which nothing is known.
type Firmware struct {
	State State
	CPU   string       // of the machine, as [pe.Machine.CPU] names it; empty: that of the chain's first program
	DB    *pe.Database // whose programs it starts; nil: not known, but for Names
	Names []string     // of the certificates in its db, where nothing else of them is known
	DBX   *pe.Database // what it refuses; nil: not known
	Least *pe.Levels   // its variable SbatLevel; nil: not known
}

// Link is a program of a chain, which the one before it starts.
type Link struct {
	Name    string
	Program *pe.Program // nil: it is none
	Err     error       // why it could not be read; then nothing is known of it
}

// Step is what becomes of one program.
type Step struct {
	Name   string `json:"name"`
	Answer Answer `json:"answer"`
	Code   Code   `json:"code"`
	Why    string `json:"why"`
}

// Verdict is what becomes of a chain: no, if one program does not start; else unknown, if that is not known of one; else yes.
type Verdict struct {
	Answer Answer   `json:"answer"`
	Code   Code     `json:"code"`            // of the first program that decides it
	Why    string   `json:"why"`             // of the same
	Needs  []string `json:"needs,omitempty"` // of these authorities for programs one has to be in the firmware's db; none: it is not known, or needs nobody
	Steps  []Step   `json:"steps,omitempty"`
}

// finding is what becomes of a program.
type finding struct {
	Answer Answer
	Code   Code
	Why    string
}

// Judge says what becomes of a chain of programs, of which the firmware starts the first one. Where it is not known whether Secure Boot is
// on, it is taken to be.
func Judge(f Firmware, chain []Link) Verdict {
	switch {
	case len(chain) == 0:
		return Verdict{Answer: Unknown, Code: NoChain, Why: "it is not known which program the firmware starts"}
	case f.State == Off:
		return Verdict{Answer: Yes, Code: IsOff, Why: "Secure Boot is off"}
	case f.State == Setup:
		return Verdict{Answer: Yes, Code: InSetup, Why: "Secure Boot is in setup mode: no key is enrolled, and nothing is checked"}
	}
	v := Verdict{Answer: Yes}
	if p := chain[0].Program; p != nil {
		v.Needs = authorities(p.Signatures)
	}
	var shim *pe.Program
	for i, l := range chain {
		got := f.judge(l, shim, i > 0 && chain[i-1].Program == shim)
		v.add(Step{l.Name, got.Answer, got.Code, got.Why})
		if l.Program != nil && l.Program.Shim != nil {
			shim = l.Program
		}
		if f.CPU == "" && l.Program != nil {
			f.CPU = l.Program.Machine.CPU()
		}
	}
	return v
}

// add takes a step into account; the first one of the worst kind is the reason.
func (v *Verdict) add(s Step) {
	v.Steps = append(v.Steps, s)
	worse := s.Answer == No && v.Answer != No || s.Answer == Unknown && v.Answer == Yes
	if worse || v.Why == "" {
		v.Answer, v.Code, v.Why = s.Answer, s.Code, s.Name+": "+s.Why
	}
}

// judge says whether a program starts, by the firmware or by a shim that runs already.
func (f *Firmware) judge(l Link, shim *pe.Program, next bool) finding {
	p := l.Program
	switch {
	case l.Err != nil:
		return finding{Unknown, Unreadable, "it cannot be read: " + l.Err.Error()}
	case p == nil || !p.EFI:
		return finding{No, NotEFI, "it is no EFI program"}
	case f.CPU != "" && p.Machine.CPU() != f.CPU:
		return finding{No, OtherCPU, fmt.Sprintf("it is for %s, the machine is %s", p.Machine, f.CPU)}
	case f.DBX != nil && f.DBX.Has(p.Digest):
		return finding{No, Revoked, "the firmware's dbx revokes it"}
	case shim == nil:
		return f.byFirmware(p)
	default:
		return f.byShim(p, shim, next)
	}
}
