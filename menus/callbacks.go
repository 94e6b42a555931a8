// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// checkCallbacks warns of profiles that wait for a call which nothing of them can make.
func (t *Tree) checkCallbacks() []boot.Problem {
	if t.catalog == nil {
		return nil
	}
	var problems []boot.Problem
	for _, p := range t.catalog.Profiles() {
		i := p.Install
		if i == nil || i.Success.By != boot.SuccessCallback || p.Start == nil && !p.Boots() && len(p.ByArch) == 0 || t.callsBack(p) {
			continue
		}
		pos := i.Success.Pos
		if pos.Line == 0 {
			pos = i.Pos
		}
		problems = append(problems, boot.Problem{Pos: pos, Warning: true, What: "profile " + p.Name + ": nothing will ever say that it is done",
			Expected: "expected success: os-dhcp, or {{ done_url }} in a file, a script or the command line of it"})
	}
	return problems
}

// callsBack reports whether a profile can use done_url: in one of its texts, or in a template that one of them includes.
func (t *Tree) callsBack(p *boot.Profile) bool {
	u := doneUse{tree: t, call: regexp.MustCompile(`\{\{[^}]*\bdone_url\b`), include: regexp.MustCompile(`\{\{[^}]*\b(?:include|template)\s+(?:"([^"]+)")?`)}
	return slices.ContainsFunc(textsOf(p), func(k textKey) bool { return u.in(k.S) })
}

type doneUse struct {
	tree          *Tree
	call, include *regexp.Regexp
	seen          []string // names of included templates
}

func (u *doneUse) in(text string) bool {
	if !strings.Contains(text, "{{") {
		return false
	}
	if u.call.MatchString(text) {
		return true
	}
	return slices.ContainsFunc(u.include.FindAllStringSubmatch(text, -1), func(m []string) bool {
		name := m[1]
		if name == "" {
			return true // its name is made when it is rendered
		}
		if slices.Contains(u.seen, name) {
			return false
		}
		u.seen = append(u.seen, name)
		return u.in(u.tree.opts.Templates[name].S)
	})
}
