// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// renderedList is the file that says what render wrote to a directory: nothing else is ever removed from there.
const renderedList = ".bootlace-rendered"

// sweep removes what an earlier run wrote below root and this one did not, with directories that are empty after it, and
// writes down what there is now.
func sweep(root *os.Root, wrote []string) error {
	list, err := root.ReadFile(renderedList)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	slices.Sort(wrote)
	for name := range strings.Lines(string(list)) {
		name = strings.TrimSuffix(name, "\n")
		if _, again := slices.BinarySearch(wrote, name); again || !fs.ValidPath(name) {
			continue
		}
		if err := root.Remove(filepath.FromSlash(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		prune(root, path.Dir(name))
	}
	return root.WriteFile(renderedList, []byte(strings.Join(append(wrote, ""), "\n")), 0o666)
}

// prune removes a directory and those above it, as far as they are empty: one that is not stays, which is no mistake.
func prune(root *os.Root, dir string) {
	for dir != "." && root.Remove(filepath.FromSlash(dir)) == nil {
		dir = path.Dir(dir)
	}
}
