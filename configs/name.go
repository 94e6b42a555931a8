// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"regexp"

	"github.com/bootlace-net/bootlace/boot"
)

// nameText is the name of a host, a group or a profile.
type nameText boot.Text

func (n *nameText) parse(s string) error {
	if !validName(s) {
		return fmt.Errorf("expected a name of letters, digits and . _ - of at most %d characters", maxNameLength)
	}
	n.S = s
	return nil
}

func (n *nameText) place(pos boot.Pos) { n.Pos = pos }

func (*nameText) describe() string { return "a name" }

const (
	maxNameLength = 100
	namePattern   = `^[A-Za-z0-9][A-Za-z0-9._-]*$`
)

func validName(s string) bool {
	ok, _ := regexp.MatchString(namePattern, s)
	return ok && len(s) <= maxNameLength
}
