// SPDX-License-Identifier: Apache-2.0

package files

import (
	"errors"

	"github.com/bootlace-net/bootlace/tftpd"
)

// Quotas bound the files of a directory. What lies in it when it is opened counts.
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

// fits says whether the quotas leave room; the lock is held.
func (d *UploadDir) fits(bytes int64, files int) error {
	if d.files+files > d.MaxFiles || d.bytes+bytes > d.MaxTotal {
		return errFull
	}
	return nil
}

// begin takes room for a new file and its announced bytes.
func (d *UploadDir) begin(bytes int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.active >= d.mostActive {
		return errActive
	}
	if err := d.fits(bytes, 1); err != nil {
		return err
	}
	d.active++
	d.files++
	d.bytes += bytes
	return nil
}

// more takes room for bytes beyond what was announced.
func (d *UploadDir) more(bytes int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.fits(bytes, 0); err != nil {
		return err
	}
	d.bytes += bytes
	return nil
}

// release gives room back.
func (d *UploadDir) release(bytes int64, files, active int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bytes -= bytes
	d.files -= files
	d.active -= active
}
