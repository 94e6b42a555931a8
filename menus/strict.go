// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// secretFile is a file of a profile that holds a secret, by the path that the machine asks for.
type secretFile struct {
	path string
	spec *boot.FileSpec
}

// refused finds files that a machine is sent to and will not get, where secrets need a token: loaders have none, and url gives none.
func (s *session) refused(f secretFile) error {
	n, err := boot.ParseName(f.path)
	switch {
	case !s.tree.opts.SecretsByToken || err != nil:
		return nil
	case n.Kind != boot.KindFile:
		return &templateError{f.spec.Pos, "file " + f.path + " holds a secret, and the loaders that read it have no token, which secrets: strict asks for"}
	}
	for _, asked := range s.asked {
		if asked != n.Path() {
			asked = strings.TrimSuffix(asked, "/") + "/"
		}
		if asked == n.Path() || strings.HasPrefix(n.Path(), asked) {
			return &templateError{f.spec.Pos, "file " + f.path + " holds a secret and is asked for without a token, which secrets: strict asks for: expected {{ file_url " + strconv.Quote(asked) + " }}"}
		}
	}
	return nil
}
