// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"io/fs"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images"
	"github.com/bootlace-net/bootlace/internal/pe"
)

// cpuOf names the instruction set of an EFI program of the store; "" for what is none, and for byte code, which all can run.
func cpuOf(store *images.Store, name string) string {
	f, err := store.Open(name)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // only read
	return instructionSet(f)
}

// cpus is cpuOf that looks at each name once: profiles share loaders, and each is asked for every architecture.
func cpus(store *images.Store) func(name string) string {
	known := make(map[string]string)
	return func(name string) string {
		cpu, ok := known[name]
		if !ok {
			cpu = cpuOf(store, name)
			known[name] = cpu
		}
		return cpu
	}
}

func instructionSet(f boot.File) string {
	m, ok := pe.MachineOf(f, f.Size())
	if cpu := m.CPU(); ok && cpu != "ebc" {
		return cpu
	}
	return ""
}

// fits keeps a loader from a machine that it is not made for, whatever its name says: an image may have been replaced since the
// configuration was read.
func fits(f boot.File, v boot.Visit, p boot.Plan) error {
	arch := v.Client.Arch()
	if v.Client.Stage != boot.StageROM || len(v.Client.Archs) == 0 || arch.Firmware() != boot.FirmwareUEFI || v.Name.Path() != p.Loader.Path() && v.Name.Path() != p.Second.Path() {
		return nil
	}
	if cpu := instructionSet(f); cpu != "" && cpu != arch.CPU() {
		return fmt.Errorf("%w: it is a program for %s, the machine is %s", fs.ErrPermission, cpu, arch.CPU())
	}
	return nil
}

// machines looks for loaders that the configuration, or their names, give to machines that cannot run them.
func (c *checker) machines(s *Site) {
	told := make(map[string]bool)
	add := func(key string, p boot.Problem) {
		if !told[key] {
			told[key] = true
			c.problems = append(c.problems, p)
		}
	}
	for _, name := range boot.ArchNames() {
		a, err := boot.ParseArch(name)
		if err != nil {
			continue
		}
		for _, p := range s.Catalog.Profiles() {
			if cpu, foreign := p.ForeignLoader(a); foreign && p.LoaderIsFor(a) {
				t, _ := p.LoaderText(a)
				add(t.Pos.String(), boot.Problem{Pos: t.Pos, What: fmt.Sprintf("loader %s is a program for %s, and does not run on %s", t.S, cpu, a), Expected: expected(a)})
			}
		}
		for _, base := range boot.DefaultLoaders(a) {
			if cpu := cpuOf(s.Images, base); a.Firmware() == boot.FirmwareUEFI && cpu != "" && cpu != a.CPU() {
				add(base, boot.Problem{Pos: boot.Pos{File: s.path(base)}, What: "it is a program for " + cpu + ", and has the name of the loader for " + a.String(), Expected: expected(a)})
			}
		}
	}
}

func expected(a boot.Arch) string {
	if a.Firmware() == boot.FirmwareUEFI {
		return "expected one for " + a.CPU()
	}
	return "expected one that is no EFI program"
}
