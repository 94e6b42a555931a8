// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"syscall"
)

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

// Between network and disk: a worker gets pieces of uploadPiece bytes; when more than uploadLag wait for it, the client's
// ACK waits too.
const (
	uploadPiece = 128 << 10
	uploadLag   = 512 << 10
)

// upload is a transfer's receiving half: the state machine and what waits for the disk. It belongs to the lane; busy says
// that a worker has the file.
type upload struct {
	receiver
	file    Upload
	decode  *unascii
	buf     []byte
	busy    bool
	held    bool // an ACK waits for the disk
	last    bool // buf is the last of it
	sealed  bool // and a worker has that
	aborted bool
}

// storeCode is the code for an error of a Storer.
func storeCode(err error) Code {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return CodeDiskFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.EISDIR):
		return CodeAccess
	default:
		return codeOf(err)
	}
}

// errFull is a quota that is used up.
var errFull = &Error{CodeDiskFull, errors.New("quota is used up")}

// accept opens an upload for a request. Runs on a worker.
func (s *Server) accept(j job) {
	g := negotiate(&j.req, bounds{
		minBlock: s.MinBlock, maxBlock: s.MaxBlock, window: s.MaxWindow, size: -1,
		mtu: s.mtu.of(s.network, j.req.Interface), v6: j.req.Remote.Addr().Is6(),
	})
	file, err := s.create(&j.req, g.size)
	if err != nil {
		s.turnDown(j, storeCode(err), err)
		return
	}
	t := s.newTransfer(j, g)
	t.up = &upload{file: file}
	if j.req.Mode == Netascii {
		t.up.decode = &unascii{}
	}
	t.up.begin(g, t.timing, t.silence)
	if !s.index.attach(j.entry, t) {
		s.clients.refused(j.req.Remote.Addr())
		s.finisher.discard(file) // superseded: nothing was written yet
		return
	}
	t.lane.post(letter{kind: letterStart, t: t})
}

func (s *Server) create(r *Request, size int64) (Upload, error) {
	switch {
	case r.Mode == mail:
		return nil, &Error{CodeIllegal, errors.New("mode mail is not served")}
	case s.Storer == nil:
		return nil, &Error{CodeAccess, errors.New("uploads are off")}
	case r.Name == "":
		return nil, fs.ErrPermission
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.OpenTimeout)
	defer cancel()
	return s.Storer.Create(ctx, r, size)
}

// received handles a DATA packet of an upload.
func (l *lane) received(t *transfer, b []byte, now instant) {
	if t.up.held { // who goes on without the ACK must not fill our memory
		t.up.heard = now
		return
	}
	o := t.up.data(binary.BigEndian.Uint16(b[2:]), int64(len(b)-4), now)
	if o.keep {
		t.up.keep(b[4:])
	}
	if o.last {
		t.up.last = true
	}
	l.carryUp(t, o, now)
}

// keep copies a payload: the packet's buffer is needed for the next one.
func (u *upload) keep(p []byte) {
	if u.decode != nil {
		u.buf = u.decode.append(u.buf, p)
		return
	}
	u.buf = append(u.buf, p...)
}

// carryUp does what the receiver ordered.
func (l *lane) carryUp(t *transfer, o upOrder, now instant) {
	u := t.up
	if !u.busy && (len(u.buf) >= uploadPiece || u.last) {
		l.store(t)
	}
	switch {
	case o.ack && u.busy && len(u.buf) > uploadLag:
		u.held = true
	case o.ack:
		l.acknowledge(t)
	}
	if t.up.proved && !t.known.Load() {
		t.known.Store(true)
	}
	if o.over != 0 {
		l.end(t, o.over, "", now)
		return
	}
	l.wheel.set(t, u.deadline)
}

// acknowledge sends ACK or OACK.
func (l *lane) acknowledge(t *transfer) {
	u := t.up
	u.held = false
	if u.got == 0 && u.oacked {
		l.out.packet(l, t.peer, t.ifi, t.grant.oack)
		return
	}
	l.out.room(l)
	n := len(l.out.headers)
	l.out.headers = binary.BigEndian.AppendUint32(l.out.headers, opACK<<16|uint32(uint16(u.got)))
	l.out.packet(l, t.peer, t.ifi, l.out.headers[n:n+4:n+4])
}

// store gives what has gathered to a worker, and with the last piece the decision to keep the file.
func (l *lane) store(t *transfer) {
	u := t.up
	piece, last := u.buf, u.last
	u.buf, u.busy, u.last, u.sealed = nil, true, false, u.last
	job := func() {
		_, err := u.file.Write(piece)
		if err == nil && last {
			err = u.file.Commit()
		}
		l.post(letter{kind: letterStored, t: t, err: err})
	}
	if !l.server.readers.do(job) {
		u.buf, u.busy, u.last, u.sealed = piece, false, last, false // tried again with the next packet or timer
	}
}

// stored goes on when a worker is done.
func (l *lane) stored(t *transfer, err error, now instant) {
	u := t.up
	u.busy = false
	switch {
	case t.over.Load():
		l.abandon(t, u.sealed && err == nil)
	case err != nil:
		code := storeCode(err)
		l.out.packet(l, t.peer, t.ifi, errorPacket(code, code.message()))
		t.code = code
		l.end(t, Unwritable, err.Error(), now)
	case u.sealed:
		l.carryUp(t, u.complete(now), now)
	default:
		l.carryUp(t, upOrder{ack: u.held}, now)
	}
}

// abandon lets go of an upload that ended before its file was kept.
func (l *lane) abandon(t *transfer, kept bool) {
	u := t.up
	if u.busy || u.aborted || kept || t.outcome == Complete {
		return
	}
	u.aborted, u.buf = true, nil
	l.server.finisher.discard(u.file)
}
