// SPDX-License-Identifier: Apache-2.0

package media

import (
	"github.com/bootlace-net/bootlace/internal/iso"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// Places in arguments and rewritten files.
const (
	// URL stands for the address of the medium's files on the server that is asked, with a slash at its end.
	URL = "{url}"
	// WholeISO is the path below URL of the medium as a whole.
	WholeISO = "medium.iso"
)

// Medium is what a medium holds, and how to boot it.
type Medium struct {
	Family  string // how it boots: "casper", "anaconda", "windows"; empty if it is not known
	System  string // what it is, in its own words: "Ubuntu-Server 24.04.1 LTS"
	Version string // "24.04.1"; empty if the medium does not say
	Arch    string // x86_64, i386, arm64, riscv64, loongarch64; empty if it is not known

	Boot   Boot   // what to start
	Others []Boot // other entries of the medium's own menus that would boot
	Files  []File // all that is needed, each once: what Boot starts, and what that fetches; empty if Refused

	Everything  bool               // whether what is started may ask for any file of the medium: it is a repository
	Rewritten   []Rewritten        // files to be served with other words than the medium has
	FoldCase    bool               // whether files are asked for in capitals that the medium does not have
	LeastMemory int64              // of a machine that boots it, in bytes; 0: not known
	SecureBoot  secureboot.Verdict // by what is on it

	Notes   []string // what to know, or to add, before it is booted
	Refusal *Refusal // why it cannot be booted from the network, if it cannot
}

// Boot is one way to start it.
type Boot struct {
	Title   string
	Kernel  string   // a path on the medium; for Windows it is wimboot, which is not on it
	Program bool     // Kernel is a boot program of the firmware's kind, not a kernel
	Initrds []Initrd // in order
	Cmdline []string // arguments, each a word as the kernel reads it; quotes belong to it
}

// Initrd is a file that the loader puts into memory for what it starts.
type Initrd struct {
	Path string // on the medium, or WholeISO
	As   string // the name that it must have there; empty: none
}

// Role is what a file is for.
type Role string

// The roles.
const (
	Kernel  Role = "kernel"
	Program Role = "program" // a boot program that is started by itself
	Ramdisk Role = "initrd"
	Shim    Role = "shim"  // verifies the kernel under Secure Boot
	ISO     Role = "iso"   // the medium as a whole
	Other   Role = "other" // fetched by what is started
)

// File is a file on the medium, or the medium.
type File struct {
	Role    Role
	Path    string
	Size    int64
	Extents []iso.Extent
}

// Rewritten is a file whose text depends on where it is served; [URL] stands in it.
type Rewritten struct {
	Path string
	Text string
}

// Refusal says why a medium does not boot from the network, and what to do instead.
type Refusal struct {
	Reason  string
	Instead string // what to take or do; empty if nothing is known
	Found   []string
	Missing []string
}
