// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Entry is a file, a directory or a link in an image.
type Entry struct {
	Name    string      // one element of a path, valid UTF-8; "." for the root
	Mode    fs.FileMode // type and permissions
	Size    int64       // bytes of content; 0 for all but regular files
	ModTime time.Time   // zero if the image does not say
	Link    string      // a symbolic link's target as the image has it
	Extents []Extent    // where a regular file's content lies, in order
	Refusal string      // why a regular file's content cannot be read, if it cannot

	children []*Entry // a directory's, by name
}

// Children are a directory's entries, ordered by name. They belong to the image.
func (e *Entry) Children() []*Entry { return e.children }

// child is the entry of that name; with fold, capitals do not matter unless two entries differ by nothing else.
func (e *Entry) child(name string, fold bool) *Entry {
	i, ok := slices.BinarySearchFunc(e.children, name, func(c *Entry, name string) int { return cmp.Compare(c.Name, name) })
	if ok {
		return e.children[i]
	}
	if !fold {
		return nil
	}
	for _, c := range e.children {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// sort orders a directory that is complete, and says which name it holds twice.
func (e *Entry) sort() (twice string) {
	slices.SortStableFunc(e.children, func(a, b *Entry) int { return cmp.Compare(a.Name, b.Name) })
	for i := 1; i < len(e.children); i++ {
		if e.children[i].Name == e.children[i-1].Name {
			return e.children[i].Name
		}
	}
	return ""
}

// Walk visits every entry below the root in order, with its path from the root ("boot/grub/grub.cfg").
func (im *Image) Walk(visit func(path string, e *Entry) error) error { return walk("", im.Root, visit) }

func walk(path string, dir *Entry, visit func(string, *Entry) error) error {
	for _, e := range dir.children {
		at := path + e.Name
		if err := visit(at, e); err != nil {
			return err
		}
		if err := walk(at+"/", e, visit); err != nil {
			return err
		}
	}
	return nil
}
