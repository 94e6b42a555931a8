// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"iter"
	"net/netip"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Rendered is one file that is made for a machine.
type Rendered struct {
	Name string    `json:"name"` // as the machine asks for it
	Path string    `json:"path"` // without the machine's own prefix
	Size int64     `json:"size"`
	File boot.File `json:"-"` // open as long as the loop is at it
}

// Rendered makes every file of a machine, one after the other, and ends at the first that fails. The address of this server is for
// URLs, and may be invalid.
func (s *Site) Rendered(p boot.Plan, server netip.Addr) iter.Seq2[Rendered, error] {
	return func(yield func(Rendered, error) bool) {
		for _, n := range s.Menus.Names(p) {
			f, err := s.File(s.Visit(n, p.Client, server), p)
			if err != nil {
				yield(Rendered{}, fmt.Errorf("%s: %w", n, err))
				return
			}
			more := yield(Rendered{Name: n.String(), Path: strings.TrimPrefix(n.Path(), "/"), Size: f.Size(), File: f}, nil)
			_ = f.Close() // only read
			if !more {
				return
			}
		}
	}
}
