// SPDX-License-Identifier: Apache-2.0

package isoimage

import (
	"io"
	"strings"

	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/iso"
	"github.com/bootlace-net/bootlace/internal/media"
)

// Name makes a name of what a medium says that it is: ubuntu-server/24.04.1; "" if it does not say enough.
func Name(r io.ReaderAt, size int64) string {
	im, err := iso.New(r, size)
	if err != nil {
		return ""
	}
	m := media.Recognise(im, size)
	before, _, _ := strings.Cut(m.System, m.Version)
	name := slug(before) + "/" + slug(m.Version)
	if m.Version == "" || vault.CheckName(name) != nil {
		return ""
	}
	return name
}

// slug makes one segment of a name.
func slug(s string) string {
	s = strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, strings.ToLower(s))
	words := strings.FieldsFunc(s, func(r rune) bool { return r == '-' })
	return strings.Trim(strings.Join(words, "-"), ".-")
}
