// SPDX-License-Identifier: Apache-2.0

package site

import (
	"path"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images"
	"github.com/bootlace-net/bootlace/images/loaders"
)

// own finds the operator's files that have a name of one of the appliance's.
func own(store *images.Store) func(name string) bool {
	return func(name string) bool {
		f, err := store.Open(name)
		if err != nil {
			return false
		}
		_ = f.Close() // only looked at
		return !store.BuiltIn(name)
	}
}

// loaderSets finds sets of loaders below a directory of images. One whose manifest cannot be read is none.
func loaderSets(dir string) func(name string) boot.LoaderSet {
	return func(name string) boot.LoaderSet {
		set, err := loaders.Read(dir, name)
		if err != nil {
			return nil
		}
		out := make(boot.LoaderSet)
		for _, f := range set.Files {
			if out[f.CPU] != nil {
				continue
			}
			for _, first := range set.InOrder(f.CPU) {
				out[f.CPU] = append(out[f.CPU], path.Join(loaders.Dir, name, first.Path))
			}
		}
		return out
	}
}
