// SPDX-License-Identifier: Apache-2.0

package files

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/tftpd"
)

// Names puts a virtual namespace before another Opener: what firmware asks for is cleaned, rewritten by rules and looked up
// at several places. The zero value of everything but Opener only cleans.
type Names struct {
	// Opener is asked for the resulting names, in turn, until one exists.
	Opener tftpd.Opener
	// Rules rewrite the name.
	Rules Rules
	// PerAddress is a directory looked in before the common one, with %a for the client's address (colons of IPv6 as
	// dashes) and %m for its hardware address as MAC knows it, like 52-54-00-12-34-56. Where %m is not known it is skipped.
	PerAddress string
	// MAC tells the hardware address of a client; nil knows none.
	MAC func(*tftpd.Request) (boot.MAC, bool)
	// FoldCase finds files whatever the case of the name: Windows boot managers ask for \Boot\BCD and boot\bcd alike. It
	// needs an Opener that has Fold(name string) (string, bool), as [Dir] has, to say how a name is really written.
	FoldCase bool
}

// Open opens the first of the places where the name exists.
func (n *Names) Open(ctx context.Context, r *tftpd.Request) (tftpd.Content, error) {
	name, err := clean(r.Name)
	if err != nil {
		return nil, err
	}
	if name, err = n.Rules.Apply(name); err != nil {
		return nil, err
	}
	err = fs.ErrNotExist
	for _, place := range n.places(r, name) {
		var c tftpd.Content
		at := *r
		at.Name = place
		c, err = n.open(ctx, &at)
		r.Label = at.Label
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return c, err
		}
	}
	return nil, err
}

// open tries the name as it is, then in another case.
func (n *Names) open(ctx context.Context, r *tftpd.Request) (tftpd.Content, error) {
	c, err := n.Opener.Open(ctx, r)
	if err == nil || !n.FoldCase || !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	if f, ok := n.Opener.(interface{ Fold(string) (string, bool) }); ok {
		if r.Name, ok = f.Fold(r.Name); ok {
			return n.Opener.Open(ctx, r)
		}
	}
	return nil, err
}

// places lists where to look.
func (n *Names) places(r *tftpd.Request, name string) []string {
	dir := n.PerAddress
	if dir == "" {
		return []string{name}
	}
	if strings.Contains(dir, "%m") {
		if n.MAC == nil {
			return []string{name}
		}
		mac, ok := n.MAC(r)
		if !ok {
			return []string{name}
		}
		dir = strings.ReplaceAll(dir, "%m", mac.Dash())
	}
	return []string{strings.ReplaceAll(dir, "%a", folderOf(r.Remote.Addr())) + "/" + name, name}
}

// folderOf is an address as the name of a directory.
func folderOf(a netip.Addr) string { return strings.ReplaceAll(a.WithZone("").String(), ":", "-") }
