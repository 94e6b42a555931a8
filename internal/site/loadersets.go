// SPDX-License-Identifier: Apache-2.0

package site

import (
	"path"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/loaders"
)

// loaderSets finds sets of loaders below a directory of images. One whose manifest cannot be read is none.
func loaderSets(dir string) func(name string) boot.LoaderSet {
	return func(name string) boot.LoaderSet {
		set, err := loaders.Read(dir, name)
		if err != nil {
			return nil
		}
		out := make(boot.LoaderSet)
		for _, f := range set.Files {
			if first, ok := set.First(f.CPU); ok {
				out[f.CPU] = path.Join(loaders.Dir, name, first.Path)
			}
		}
		return out
	}
}
