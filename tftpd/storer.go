// SPDX-License-Identifier: Apache-2.0

package tftpd

import "context"

// Storer takes uploads. Create is called on a worker before the client sends anything; size is what it announced, or -1.
//
// Nothing is known of the client yet, not even that its address is its own: Create should neither make nor reserve anything.
// An error that is fs.ErrExist is answered with ERROR 6, fs.ErrPermission with 2, a full disk with 3, an [*Error] with its
// own code. Create may leave a Label in r, as an [Opener] may. All methods of an [Upload] are called one after the other.
type Storer interface {
	Create(ctx context.Context, r *Request, size int64) (Upload, error)
}

// Upload is a file being received. Exactly one of Commit and Abort is called, last: until Commit nothing of it must be seen
// under its name, and after Abort nothing of it may be left.
type Upload interface {
	Write(p []byte) (int, error)
	Commit() error
	Abort() error
}
