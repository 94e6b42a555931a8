// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"io/fs"
	"net/netip"
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bootlace-net/bootlace/boot"
)

func compareAddrPorts() cmp.Option {
	return cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })
}

func emptyIsNil() cmp.Option { return cmpopts.EquateEmpty() }

// config is what is above a Spec: its catalog.
type config struct {
	*Spec
	Catalog *boot.Catalog
}

// build makes a configuration of sources; nil if anything but a warning is to be said about them.
func build(sources ...*Spec) (*config, []boot.Problem) {
	s := Merge(sources...)
	cat, more := boot.Build(s.Spec)
	problems := append(s.Problems, more...)
	slices.SortStableFunc(problems, boot.CompareProblems)
	if broken(problems) {
		return nil, problems
	}
	return &config{s, cat}, problems
}

func check(fsys fs.FS, dir string) (*config, []boot.Problem) { return build(Directory(fsys, dir)) }
