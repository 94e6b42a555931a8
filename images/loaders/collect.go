// SPDX-License-Identifier: Apache-2.0

package loaders

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/internal/pe"
)

// Bounds of a set, in programs and bytes.
const (
	maxPrograms = 256
	maxProgram  = 64 << 20
	maxSet      = 256 << 20
)

// collection is what is found in sources, by cleaned names.
type collection struct {
	files map[string][]byte
	links map[string]string
	bytes int
}

// source reads an archive or a directory.
func (c *collection) source(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return c.directory(file)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	return errors.Join(archive(f, c.entry), f.Close())
}

// directory reads the regular files in a directory and below; links lead nowhere out of it.
func (c *collection) directory(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	n := 0
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if n++; err != nil || d.IsDir() {
			return err
		} else if n > maxEntries {
			return fmt.Errorf("it has more than %d files", maxEntries)
		}
		info, err := root.Stat(name) // of what a link leads to
		if err != nil || !info.Mode().IsRegular() {
			return nil // a link out, or to nowhere: it is not taken
		}
		f, err := root.Open(name)
		if err != nil {
			return err
		}
		return errors.Join(c.entry(entry{name: name, size: info.Size(), r: f}), f.Close())
	})
	return errors.Join(err, root.Close())
}

// entry takes programs and links, and leaves all the rest.
func (c *collection) entry(e entry) error {
	name := strings.TrimPrefix(e.name, "./")
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return fmt.Errorf("the name %.100q leads out of it", e.name)
	}
	if e.link != "" {
		return c.link(name, e)
	}
	if !isProgram(name) || e.size > maxProgram {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(e.r, e.size))
	if err == nil && int64(len(b)) != e.size {
		err = io.ErrUnexpectedEOF
	}
	if c.bytes += len(b); err == nil && (c.bytes > maxSet || len(c.files) >= maxPrograms) {
		err = fmt.Errorf("more than %d programs, or %d bytes of them", maxPrograms, maxSet)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c.files[name] = b
	return nil
}

func (c *collection) link(name string, e entry) error {
	to := path.Join(path.Dir(name), e.link)
	if e.hard {
		to = path.Clean(e.link)
	}
	switch {
	case !isProgram(name):
		return nil
	case path.IsAbs(e.link) || !fs.ValidPath(to):
		return fmt.Errorf("the link %s leads out of it, to %.100q", name, e.link)
	case len(c.links) >= maxPrograms:
		return fmt.Errorf("more than %d links", maxPrograms)
	}
	c.links[name] = to
	return nil
}

// follow makes copies of what links lead to: a set has none.
func (c *collection) follow() {
	for name, to := range c.links {
		for range 8 { // links to links; in a circle they lead nowhere
			next, again := c.links[to]
			if !again {
				break
			}
			to = next
		}
		if b, ok := c.files[to]; ok && c.files[name] == nil {
			c.files[name] = b
		}
	}
}

// isProgram goes by the names that programs for firmware have.
func isProgram(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return slices.Contains([]string{".efi", ".signed", ".kpxe", ".kkpxe", ".kkkpxe", ".pxe"}, ext)
}

// describe reads a program.
func describe(name string, b []byte) (f File, program bool, err error) {
	f = File{Path: name, CPU: BIOS, Role: IPXE, Size: int64(len(b)), SHA256: digest(b)}
	if ext := path.Ext(name); ext != ".efi" && ext != ".signed" {
		return f, true, nil
	}
	p, err := pe.Read(bytes.NewReader(b), f.Size)
	switch {
	case errors.Is(err, pe.ErrNotPE) || err == nil && !p.EFI:
		return f, false, nil
	case err != nil:
		return f, false, fmt.Errorf("%s: %w", name, err)
	}
	f.CPU, f.Version, f.Role = p.Machine.String(), p.Version, roleOf(p.Kind, path.Base(name))
	for i := range p.Signatures {
		for _, c := range p.Signatures[i].Signers {
			if p.Signatures[i].Err == nil {
				f.SignedBy = append(f.SignedBy, c.Issuer.CommonName)
			}
		}
	}
	return f, true, nil
}

func roleOf(k pe.Kind, base string) Role {
	switch k {
	case pe.ShimLoader:
		return Shim
	case pe.ShimTool:
		return Tool
	case pe.GRUB:
		return GRUB
	case pe.IPXE:
		if strings.HasPrefix(base, "snp") {
			return SNPOnly
		}
		return IPXE
	default:
		return Other
	}
}
