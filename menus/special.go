// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"encoding/hex"
	"io/fs"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// specialWriter finds what is neither a loader's configuration nor a file of a profile: scripts of single entries, U-Boot's
// script, and the Raspberry Pi's own two files.
func (t *Tree) specialWriter(v boot.Visit, p boot.Plan) writer {
	dir, base := v.Name.Dir, v.Name.Base
	switch {
	case dir == entryDir && strings.HasSuffix(base, ".ipxe"):
		return entryWriter(strings.TrimSuffix(base, ".ipxe"))
	case strings.HasPrefix(dir, unlockDir+"/"):
		return unlockWriter(strings.TrimPrefix(dir, unlockDir+"/"), base)
	case t.isInventory(v.Name):
		return writeInventory
	case isBootScript(v.Name):
		return writeBootScript
	case (base == "config.txt" || base == "cmdline.txt") && isPi(v) && (dir == "" || piDir(v)):
		return piWriter(v, p)
	default:
		return nil
	}
}

// entryWriter writes the script of an entry that is one, for a menu to chain.
func entryWriter(id string) writer {
	return func(s *session) ([]byte, error) {
		it, err := s.find(id)
		if err != nil {
			return nil, err
		}
		if it.kind != boot.EntryScript || it.password != "" {
			return nil, fs.ErrNotExist
		}
		told := *it
		told.memory = boot.Memory{} // the menu has told that
		return s.scriptOf(&told)
	}
}

// unlockWriter writes what a locked entry starts, for those who know its password. To everybody else it does not exist.
func unlockWriter(id, password string) writer {
	return func(s *session) ([]byte, error) {
		it, err := s.find(id)
		if err != nil {
			return nil, err
		}
		pw, err := hex.DecodeString(password)
		if err != nil || it.password == "" || !s.tree.verify(string(pw), it.password) {
			return nil, fs.ErrNotExist
		}
		return s.scriptOf(it)
	}
}

// find gives an item of the session's page by its id.
func (s *session) find(id string) (*item, error) {
	pg, err := s.page()
	if err != nil {
		return nil, err
	}
	if it := pg.find(id); it != nil && it.sub == nil {
		return it, nil
	}
	return nil, fs.ErrNotExist
}

// scriptOf writes an iPXE script that starts one item.
func (s *session) scriptOf(it *item) ([]byte, error) {
	open := *it
	open.password = ""
	return s.script(&page{title: it.title, items: []*item{&open}, def: it.id}), nil
}
