// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"io/fs"
)

// views are the ways to read the image. Rock Ridge knows names, links and modes; where there is none but UDF, the ISO 9660 part of the
// medium holds nothing but a note that says so (Windows), and Joliet has longer names than plain ISO 9660.
func (v *volumes) views() (all []View, err error) {
	if v.rockRidge {
		all = append(all, RockRidge)
	}
	if v.udf != nil {
		all = append(all, UDF)
	}
	if v.joliet != nil {
		all = append(all, Joliet)
	}
	if v.primary != nil {
		all = append(all, Plain)
	}
	if v.udfTrouble != nil && !v.rockRidge {
		return nil, v.udfTrouble // what else there is would be read instead of what was meant
	}
	if len(all) == 0 {
		return nil, ErrNotImage
	}
	return all, nil
}

// read fills an image by the view that it names.
func (v *volumes) read(im *Image) (err error) {
	if v.catalog != 0 {
		if im.Boot, err = readBootCatalog(v.src, v.catalog); err != nil {
			return err
		}
	}
	if im.View == UDF {
		im.Label, im.Revision = v.udf.label, v.udf.revision
		return v.udf.read(v.src, im.Root)
	}
	from := v.primary
	if im.View == Joliet {
		from = v.joliet
	}
	im.Label = from.label
	return readTree(&isoReader{src: v.src, block: from.block, view: im.View, skip: v.suspSkip}, from.root, im.Root)
}

func newRoot() *Entry { return &Entry{Name: ".", Mode: fs.ModeDir | 0o555} }
