// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"syscall"
)

// Opener finds what a request is for. It is called on a worker, never on the way of a block, and may take its time; ctx
// ends with the server or after Server.OpenTimeout.
//
// An error that is fs.ErrNotExist is answered with ERROR 1, fs.ErrPermission with ERROR 2, an [*Error] with its own code,
// any other with ERROR 0. The error's text goes to the event, never to the client. What the Opener found out about who asks it
// may leave in r.Label, also when it refuses; nothing else of r may be changed.
type Opener interface {
	Open(ctx context.Context, r *Request) (Content, error)
}

// Content is immutable bytes of known size. It may also have a method Version() string, which names these bytes, whatever the
// file's name: transfers of equal version share one Content and what was read of it. It must tell any two contents of the
// Opener apart: a hash, or device, inode, size and time of change. "" shares nothing.
//
// ReadAt fills whole buffers except at the end (as io.ReaderAt demands) and fails rather than give bytes that do not belong
// together, for instance of a file that was changed meanwhile. When it fails, all transfers of the content end with ERROR 0.
type Content interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Error is an error that chooses the code a client sees.
type Error struct {
	Code Code
	Err  error // for the event; nil is allowed
}

// Error gives the inner error's text, or the code's.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Code.Message()
	}
	return e.Err.Error()
}

// Unwrap gives the inner error.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code that an error of an [Opener], a [Storer] or an [Upload] is answered with.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return CodeDiskFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.EISDIR):
		return CodeAccess
	case errors.Is(err, fs.ErrNotExist):
		return CodeNotFound
	case errors.Is(err, fs.ErrPermission):
		return CodeAccess
	case errors.Is(err, fs.ErrExist):
		return CodeExists
	default:
		return CodeUndefined
	}
}
