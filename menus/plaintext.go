// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"cmp"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// oneLine turns control characters into spaces.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// title says in a comment whose file it is.
func (s *session) title() string {
	c := s.visit.Client
	who := "unknown machine"
	if !c.MAC.IsZero() {
		who = c.MAC.String()
	}
	if s.plan.Host != nil {
		who = s.plan.Host.Name + " (" + who + ")"
	}
	what := "menu"
	if s.plan.Action == boot.ActionWait {
		what = "waits for a decision"
	}
	if s.plan.Profile != nil {
		what = "profile " + s.plan.Profile.Name
	}
	return "Bootlace: " + who + ", " + what
}

// comment makes a text safe behind # in PXELINUX and GRUB, where nothing but the end of the line counts.
func comment(s string) string { return "# " + strings.TrimRight(oneLine(s), `\ `) }

// titleOf is what a menu shows for an item.
func titleOf(it *item) string { return cmp.Or(strings.TrimSpace(oneLine(it.title)), it.id) }
