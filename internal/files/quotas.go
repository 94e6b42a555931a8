// SPDX-License-Identifier: Apache-2.0

package files

import (
	"errors"

	"github.com/bootlace-net/bootlace/tftpd"
)

// Quotas bound the files of a directory: all that lie in it, whoever put them there. Files that others remove make room within
// a second or so, and those that others add count within a minute.
type Quotas struct {
	MaxFile  int64 // bytes of one file
	MaxTotal int64 // bytes of all
	MaxFiles int   // number of all
}

// mostActive is how many uploads may be written at once. Each holds about 1 MiB of memory at most, and more with large windows.
const mostActive = 256

// errFull is a quota that is used up.
var errFull = &tftpd.Error{Code: tftpd.CodeDiskFull, Err: errors.New("quota is used up")}

// errActive is answered with code 0: the client may try again later.
var errActive = errors.New("too many uploads at once")

// usage is what files need of the quotas.
type usage struct {
	bytes int64
	files int
}

func (u *usage) add(o usage) {
	u.bytes += o.bytes
	u.files += o.files
}

// fits says whether the quotas leave room; the lock is held.
func (d *UploadDir) fits(more usage) error {
	all := more
	all.add(d.stored)
	all.add(d.coming)
	if all.files > d.MaxFiles || all.bytes > d.MaxTotal {
		return errFull
	}
	return nil
}

// within does what takes room. Where there seems to be none it counts what is there and tries once more: others may have removed
// files.
func (d *UploadDir) within(take func() error) error {
	locked := func() error {
		d.mu.Lock()
		defer d.mu.Unlock()
		return take()
	}
	err := locked()
	if errors.Is(err, errFull) && d.recount(fullAge) {
		err = locked()
	}
	return err
}

// begin takes room for a new file and its announced bytes.
func (d *UploadDir) begin(bytes int64) error {
	d.recount(goodAge) // others may have added files too
	return d.within(func() error {
		if d.active >= d.mostActive {
			return errActive
		}
		room := usage{bytes, 1}
		if err := d.fits(room); err != nil {
			return err
		}
		d.active++
		d.coming.add(room)
		return nil
	})
}

// more takes room for bytes beyond what was announced.
func (d *UploadDir) more(bytes int64) error {
	return d.within(func() error {
		room := usage{bytes: bytes}
		if err := d.fits(room); err != nil {
			return err
		}
		d.coming.add(room)
		return nil
	})
}

// finish gives back what an upload took, and counts what it left under its name: nothing, if it was given up.
func (d *UploadDir) finish(reserved int64, left usage) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.active--
	d.coming.add(usage{-reserved, -1})
	d.stored.add(left)
}
