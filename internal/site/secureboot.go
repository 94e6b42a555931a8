// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/loaders"
	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// judge says whether Secure Boot lets a UEFI machine that starts from its firmware through to what its profile boots; nil for all others.
func (s *Site) judge(v boot.Visit, p boot.Plan, f secureboot.Firmware) *secureboot.Verdict {
	if p.Client.Firmware() != boot.FirmwareUEFI || p.Client.Stage != boot.StageROM || p.Loader.Base == "" || p.ToDisk {
		return nil
	}
	f.CPU = p.Client.Arch().CPU()
	verdict := secureboot.Judge(f, s.programs(v, p))
	return &verdict
}

// SecureBoot says whether Secure Boot lets a machine that said so much of itself, or nothing, through to what its plan boots, from its
// firmware on, whatever runs on it now; nil where no firmware for UEFI is in it.
func (s *Site) SecureBoot(p boot.Plan, said *boot.Inventory) *secureboot.Verdict {
	p.Client.Stage = boot.StageROM
	return s.judge(s.Visit(boot.Name{}, p.Client, netip.Addr{}), p, FirmwareOf(said))
}

// FirmwareOf is what is known of a firmware by what the loader said. Certificates come by their names only; where one cannot be read, or
// there are as many as are kept, others may be trusted, too, and nothing is known.
func FirmwareOf(said *boot.Inventory) (f secureboot.Firmware) {
	if said == nil {
		return f
	}
	f.State = secureboot.State(said.SecureBoot)
	if len(said.CAs) > 0 && len(said.CAs) < boot.MostCAs && !slices.Contains(said.CAs, boot.UnreadableCA) {
		f.Names = said.CAs
	}
	return f
}

// programs are those that check one another: the loader, what a shim starts, and the kernel.
func (s *Site) programs(v boot.Visit, p boot.Plan) []secureboot.Link {
	first := s.program(v, p, p.Loader)
	chain := []secureboot.Link{first}
	if first.Program != nil && first.Program.Shim != nil {
		chain = append(chain, s.named(v, p, afterShim(p.Loader.Path())))
	}
	if p.Profile == nil || p.Profile.Start != nil {
		return chain
	}
	switch e := p.Profile.For(p.Client.Arch()); e.Kind {
	case boot.EntryKernel, boot.EntryWimboot, boot.EntryModules:
		chain = append(chain, s.named(v, p, e.Kernel.S))
	case boot.EntryChain:
		if strings.HasSuffix(strings.ToLower(e.Target.S), ".efi") { // else a script, or what only a BIOS starts
			chain = append(chain, s.named(v, p, e.Target.S))
		}
	default: // a script, a menu, a disk: what those start is not known here
	}
	return chain
}

// afterShim names what a shim of that name starts.
func afterShim(name string) string {
	if names, _ := boot.Companions(name); len(names) > 0 {
		return names[0]
	}
	f := loaders.File{Path: name, Role: loaders.Shim}
	return f.Next()
}

func (s *Site) named(v boot.Visit, p boot.Plan, name string) secureboot.Link {
	n, err := boot.ParseName(name)
	if strings.Contains(name, "://") || strings.Contains(name, "{{") || err != nil {
		return secureboot.Link{Name: name, Err: errors.New("what it is is decided when it is fetched")}
	}
	return s.program(v, p, n.For(p.Client.MAC))
}

// program reads one as the machine gets it.
func (s *Site) program(v boot.Visit, p boot.Plan, n boot.Name) secureboot.Link {
	v.Name = n
	l := secureboot.Link{Name: n.Path()}
	f, err := s.File(v, p)
	if err != nil {
		l.Err = errors.New(s.trouble(n.Path(), err))
		return l
	}
	defer func() { _ = f.Close() }() // only read
	if l.Program, l.Err = s.read.program(f); errors.Is(l.Err, pe.ErrNotPE) {
		l.Err = nil // it is none, which is known
	}
	return l
}
