// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// View is one of the ways in which an image describes the same files.
type View string

// The views, the best first.
const (
	RockRidge View = "Rock Ridge"
	UDF       View = "UDF"
	Joliet    View = "Joliet"
	Plain     View = "ISO 9660" // names in lower case and without version, as Linux shows them
)

// Image is what an image holds. It does not change and is safe for concurrent use.
type Image struct {
	View  View   // the one that was read
	Views []View // all that the image has, the best first
	// Revision is UDF's: 0x0102 to 0x0260.
	Revision int
	Label    string // the volume's name
	Root     *Entry
	Boot     []BootEntry // of El Torito's catalog

	r io.ReaderAt
}

// ErrNotImage is the error for what is neither ISO 9660 nor UDF.
var ErrNotImage = errors.New("neither ISO 9660 nor UDF: there is no volume descriptor at byte 32768 and no anchor at block 256")

// New reads the tree of an image of size bytes by its best view. It keeps r, but reads no file's content.
func New(r io.ReaderAt, size int64) (*Image, error) { return NewView(r, size, "") }

// NewView is New with a view of the caller's choice; "" means the best.
func NewView(r io.ReaderAt, size int64, view View) (*Image, error) {
	src := &source{r: r, size: size}
	vols, err := readVolumes(src)
	if err != nil {
		return nil, err
	}
	views, err := vols.views()
	if err != nil {
		return nil, err
	}
	if view == "" {
		view = views[0]
	}
	if !slices.Contains(views, view) {
		return nil, fmt.Errorf("the image has no %s: only %v", view, views)
	}
	im := &Image{View: view, Views: views, Root: newRoot(), r: r}
	if err := vols.read(im); err != nil {
		return nil, err
	}
	im.nameBootImages()
	return im, nil
}

// Content gives a regular file's content as an io.ReaderAt and io.ReadSeeker that can be used as long as the image's reader can.
func (im *Image) Content(e *Entry) (*io.SectionReader, error) {
	switch {
	case !e.Mode.IsRegular():
		return nil, fmt.Errorf("%s is no regular file", e.Name)
	case e.Refusal != "":
		return nil, fmt.Errorf("%s: %s", e.Name, e.Refusal)
	}
	return io.NewSectionReader(spreadReader{im.r, spreadOf(e.Extents)}, 0, e.Size), nil
}
