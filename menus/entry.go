// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// fill renders the texts of an entry.
func (sc *scope) fill(it *item, e *boot.Entry) error {
	var err error
	if it.kernel, err = sc.ref("kernel", e.Kernel); err != nil {
		return err
	}
	if it.target, err = sc.ref("target", e.Target); err != nil {
		return err
	}
	if it.modules, err = sc.modules(e); err != nil {
		return err
	}
	if it.args, err = sc.words("cmdline", e.Cmdline); err != nil {
		return err
	}
	it.script, err = sc.field("ipxe", e.Script, slotScript)
	return err
}

// field renders one text and says which one it was if that fails.
func (sc *scope) field(what string, t boot.Text, s slot) (string, error) {
	out, err := sc.expand(t, s)
	if err == nil && s != slotScript && s != slotFile {
		if msg := checkControl(out); msg != "" {
			err = &templateError{t.Pos, msg}
		}
	}
	return out, fieldError(what, err)
}

func fieldError(what string, err error) error {
	if err == nil {
		return nil
	}
	if te := (*templateError)(nil); errors.As(err, &te) {
		return &templateError{te.pos, what + ": " + te.msg}
	}
	return fmt.Errorf("%s: %w", what, err)
}

func (sc *scope) modules(e *boot.Entry) ([]module, error) {
	var out []module
	for _, t := range e.Initrd {
		s, err := sc.field("initrd", t, slotWords)
		if err != nil {
			return nil, err
		}
		m, err := sc.module(s, e.Kind)
		if err != nil {
			return nil, &templateError{t.Pos, "initrd: " + err.Error()}
		}
		if !m.file.zero() {
			out = append(out, m)
		}
	}
	return out, nil
}

// module reads one file that goes with a program: "file", or as [boot.SplitPlaced] knows it.
func (sc *scope) module(s string, kind boot.EntryKind) (m module, err error) {
	name, file, _ := boot.SplitPlaced(kind, s)
	switch {
	case kind == boot.EntryModules:
		words, err := splitWords(s)
		if err != nil || len(words) == 0 {
			return m, err
		}
		file, m.args = words[0], words[1:]
	case kind == boot.EntryKernel && name != "":
		return sc.placed(name, file)
	}
	m.name = name
	if file != "" {
		m.file, err = sc.parseRef(file)
	}
	return m, err
}

// placed is a file that the kernel finds by a name in its ramdisk. It is asked for as an archive, which the server makes: every loader can
// give archives to a kernel, and hardly one makes them so that every Linux reads them.
func (sc *scope) placed(as, file string) (m module, err error) {
	switch {
	case !boot.IsPlace(as):
		return m, fmt.Errorf("%q cannot be the name of a file in a ramdisk: expected newc:/NAME:FILE, and one word for NAME", as)
	case file == "" || strings.Contains(file, "://"):
		return m, fmt.Errorf("newc:%s: is followed by no name of an image", as)
	}
	m.file, err = sc.parseRef(boot.PlacedPath(as, file))
	return m, err
}
