// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Installs reports whether a file can install the machine over what is on its disk, by itself or by what it leads to. It is
// careful: of a file that it knows nothing of it says yes. Pictures cannot, nor what only says what a machine is, and one that fetches the file of
// [boot.SuccessFetch] is done. Whether a file exists is not asked.
func (t *Tree) Installs(v boot.Visit, p boot.Plan) bool {
	if p.Install == nil {
		return false
	}
	role := t.Role(v, p)
	return role != boot.RolePicture && role != boot.RoleInventory && role != boot.RoleSuccess
}

// Withheld reports whether a file is a part of what this plan took the place of: somebody decided that the machine does not start
// that, so it gets none of it, whatever still asks. A name that an installed system asks for by HTTP, outside of the machine's own
// tree, is anybody's.
func (t *Tree) Withheld(v boot.Visit, p boot.Plan) bool {
	if p.Replaced == nil || v.Protocol != boot.TFTP && v.Name.Machine.IsZero() {
		return false
	}
	before := p
	before.Profile, before.Install = p.Replaced, nil
	return isPart(t.Role(v, before)) && !isPart(t.Role(v, p))
}

func isPart(r boot.Role) bool {
	return r == boot.RoleKernel || r == boot.RoleInitrd || r == boot.RoleAnswer
}

// Role says what a file is to the machine that asks for it.
func (t *Tree) Role(v boot.Visit, p boot.Plan) boot.Role {
	path := v.Name.Path()
	switch _, f := t.fileOfPlan(&v, &p); {
	case p.Action == boot.ActionIgnore:
		return boot.RoleOther
	case p.Install != nil && p.Install.Success.By == boot.SuccessFetch && p.Install.Success.Path == path:
		return boot.RoleSuccess
	case f == nil && (t.isInventory(v.Name) || newSession(t, v, p).asksFirst()):
		return boot.RoleInventory
	case v.Name.Kind != boot.KindFile || t.specialWriter(v, p) != nil:
		return boot.RoleScript
	case f != nil && t.partRole(v, p) == boot.RoleKernel:
		return boot.RoleScript // a program that is rendered is a script
	case f != nil:
		return boot.RoleAnswer
	}
	if role := t.partRole(v, p); role != boot.RoleOther {
		return role
	}
	if isLoader(path, p) {
		return boot.RoleLoader
	}
	return boot.RoleOther
}

// partRole looks for a file among the parts of everything that the machine can come to.
func (t *Tree) partRole(v boot.Visit, p boot.Plan) boot.Role {
	if p.Profile == nil {
		return boot.RoleOther
	}
	is, s, reach := isAsked(v), newSession(t, v, p), t.reach(p.Profile)
	for _, e := range reach.entries {
		if role := s.scope(e.profile).roleIn(e.it.For(v.Client.Arch()), is); role != boot.RoleOther {
			return role
		}
	}
	for _, m := range reach.menus {
		if r, err := s.scope(m.profile).ref("picture", m.it.Picture); err == nil && is(r) {
			return boot.RolePicture
		}
	}
	return boot.RoleOther
}

// isAsked compares files with the one that is asked for. Case makes no difference: tftp.ignore_case may be on.
func isAsked(v boot.Visit) func(ref) bool {
	path, rest := v.Name.Path(), ""
	if piDir(v) {
		_, rest, _ = strings.Cut(path, "/")
	}
	return func(r ref) bool {
		return !r.zero() && r.ext == "" && (strings.EqualFold(path, r.name.Path()) || rest != "" && strings.EqualFold(rest, r.name.Path()))
	}
}

// roleIn looks for a file among the parts of one entry. What cannot be rendered for the machine cannot be started by it.
func (sc *scope) roleIn(e *boot.Entry, is func(ref) bool) boot.Role {
	it, err := sc.parts(e)
	switch {
	case err != nil:
		return boot.RoleOther
	case is(sc.kernelOf(it)), e.Kind == boot.EntryChain && is(it.target):
		return boot.RoleKernel
	case is(it.target), slices.ContainsFunc(it.modules, func(m module) bool { return is(m.file) }):
		return boot.RoleInitrd
	}
	return boot.RoleOther
}

// parts renders the names of an entry's files, and nothing else of it.
func (sc *scope) parts(e *boot.Entry) (it *item, err error) {
	it = &item{kind: e.Kind}
	if it.kernel, err = sc.ref("kernel", e.Kernel); err != nil {
		return nil, err
	}
	if it.target, err = sc.ref("target", e.Target); err != nil {
		return nil, err
	}
	it.modules, err = sc.modules(e)
	return it, err
}

// isOfSet knows the programs of a set of loaders: they start one another, and lie in one directory.
func isOfSet(path string, p boot.Plan) bool {
	for _, n := range []boot.Name{p.Loader, p.Second} {
		if n.Base != "" && (strings.EqualFold(path, n.Path()) || n.Dir != "" && p.LoaderSet().S != "" && strings.HasPrefix(path, strings.TrimSuffix(n.Dir, "/")+"/") && strings.HasSuffix(strings.ToLower(path), ".efi")) {
			return true
		}
	}
	return false
}

// isLoader knows the programs for firmware that a plan names, and what comes with them.
func isLoader(path string, p boot.Plan) bool {
	if isOurIPXE(path) || isOfSet(path, p) {
		return true
	}
	if p.Profile == nil {
		return false
	}
	for _, t := range p.Profile.Loader {
		with, _ := boot.Companions(t.S)
		if strings.EqualFold(path, t.S) || slices.Contains(with, path) {
			return true
		}
	}
	return false
}
