// SPDX-License-Identifier: Apache-2.0

// Package isoimage makes an image of an installation medium, whose files stay where they lie on it.
package isoimage

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/iso"
	"github.com/bootlace-net/bootlace/internal/media"
)

// maxFiles is how many files of a medium an image may have: manifests have as many.
const maxFiles = 19_000

// ErrCannotBoot is the error of a medium that does not boot from the network, or not from here.
var ErrCannotBoot = errors.New("it does not boot from the network as it is")

// Fill says in a manifest, whose only file is a medium, how that boots, and which of its files machines fetch. What the manifest says
// already (title, arguments, memory) stays. The notes are for people. On error the manifest is as it was.
func Fill(m *vault.Manifest, r io.ReaderAt) (notes []string, err error) {
	if len(m.Files) != 1 || m.Files[0].Role != vault.RoleISO {
		return nil, errors.New("expected an image with a medium and nothing else")
	}
	whole := m.Files[0]
	im, err := iso.New(r, whole.Size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCannotBoot, err)
	}
	medium := media.Recognise(im, whole.Size)
	if err := bootable(medium); err != nil {
		return nil, err
	}
	whole.Path = media.WholeISO
	for _, i := range medium.Boot.Initrds {
		if i.Path == media.WholeISO {
			whole.As = i.As
		}
	}
	f := filler{image: im, fold: medium.FoldCase, blob: whole.Source.Blob, files: []vault.File{whole}, there: map[string]bool{whole.Path: true}}
	if err := f.all(medium); err != nil {
		return nil, err
	}
	f.describe(m, medium)
	return append(medium.Notes, f.notes()...), nil
}

// bootable says why a medium is no image for here.
func bootable(m *media.Medium) error {
	if m.Refusal != nil {
		return fmt.Errorf("%w: %s", ErrCannotBoot, refusal(m))
	}
	return nil
}

func refusal(m *media.Medium) string {
	r := m.Refusal
	parts := []string{r.Reason}
	for _, p := range []struct {
		what string
		text string
	}{{"instead: ", r.Instead}, {"found: ", strings.Join(r.Found, ", ")}, {"missing: ", strings.Join(r.Missing, ", ")}} {
		if p.text != "" {
			parts = append(parts, p.what+p.text)
		}
	}
	return strings.Join(parts, "; ")
}

// describe lays what is known of the medium under what the manifest says.
func (f *filler) describe(m *vault.Manifest, medium *media.Medium) {
	m.Files, m.FoldCase = f.files, medium.FoldCase
	for _, r := range medium.Rewritten {
		m.Rewritten = append(m.Rewritten, vault.Rewritten(r))
	}
	if m.Title == "" {
		m.Title = medium.System
	}
	if medium.Arch != "" {
		m.Arch = medium.Arch
	}
	if m.LeastMemory == 0 {
		m.LeastMemory = medium.LeastMemory
	}
	if len(m.Cmdline) == 0 {
		m.Cmdline = medium.Boot.Cmdline
	}
}
