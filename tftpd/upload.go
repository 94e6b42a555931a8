// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"time"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// Between network and disk: a worker gets pieces of uploadPiece bytes; when more than uploadLag wait for it, the client's
// ACK waits too.
const (
	uploadPiece = 128 << 10
	uploadLag   = 512 << 10
)

// upload is a client sending a file: the state machine and what waits for the disk. busy says that a worker has the file.
type upload struct {
	transfer
	proto.Receiver
	file    Upload
	decode  *proto.NetasciiDecoder // nil: as it is
	buf     []byte
	busy    bool
	held    bool // an ACK waits for the disk
	last    bool // buf is the last of it
	sealed  bool // and a worker has that
	aborted bool
}

var _ session = (*upload)(nil)

func (u *upload) start(now instant) { u.apply(u.Start(now), now) }

// packet handles DATA. After the end it only answers copies of the last block, whose ACK was lost.
func (u *upload) packet(op uint16, b []byte, now instant) {
	switch {
	case op != proto.OpDATA || u.over.Load() && !u.Stored():
		return
	case u.held: // who goes on without the ACK must not fill our memory
		u.Alive(now)
		return
	}
	o := u.Data(proto.BlockNumber(b), int64(len(b)-4), now)
	if o.Keep {
		u.keep(b[4:])
	}
	if o.Last {
		u.last = true
		if u.decode != nil {
			u.buf = u.decode.End(u.buf)
		}
	}
	u.apply(o, now)
}

func (u *upload) repeated(now instant) (anew bool) {
	u.apply(u.Repeated(now), now)
	return false
}

func (u *upload) expire(now instant) {
	if u.Deadline() > now {
		u.lane.wheel.set(&u.transfer, u.Deadline())
		return
	}
	u.apply(u.Expire(now), now)
}

func (u *upload) failed(Code) Outcome { return Aborted }

// ended gives up a file that was not kept. The last ACK may have to be repeated for a while.
func (u *upload) ended() time.Duration {
	u.abandon(false)
	return 10 * time.Second
}

func (u *upload) finish(f *Finished) {
	f.Bytes, f.Size, f.received = u.Bytes(), u.Bytes(), u.Got()
	u.lane.server.clients.left(u.peer.remote.Addr())
}

// keep copies a payload: the packet's buffer is needed for the next one.
func (u *upload) keep(p []byte) {
	if u.decode != nil {
		u.buf = u.decode.Append(u.buf, p)
		return
	}
	u.buf = append(u.buf, p...)
}

// apply does what the state machine ordered and sets the timer.
func (u *upload) apply(o proto.UploadOrder, now instant) {
	if !u.busy && (len(u.buf) >= uploadPiece || u.last) {
		u.store()
	}
	switch {
	case o.Ack && u.busy && len(u.buf) > uploadLag:
		u.held = true
	case o.Ack:
		u.acknowledge()
	}
	u.prove(u.Proved())
	if o.Over != 0 {
		u.lane.end(&u.transfer, o.Over, "", now)
		return
	}
	u.lane.wheel.set(&u.transfer, u.Deadline())
}

// acknowledge sends ACK or OACK.
func (u *upload) acknowledge() {
	u.held = false
	if u.Got() == 0 && u.OACKed() {
		u.lane.out.packet(u.port, u.peer, u.ifi, u.grant.OACK)
		return
	}
	u.lane.out.ack(u.port, u.peer, u.ifi, u.Got())
}

// store gives what has gathered to a worker, and with the last piece the decision to keep the file.
func (u *upload) store() {
	piece, last := u.buf, u.last
	u.buf, u.busy, u.last, u.sealed = nil, true, false, last
	job := func() {
		_, err := u.file.Write(piece)
		if err == nil && last {
			err = u.file.Commit()
		}
		u.lane.do(func(now instant) { u.stored(err, now) })
	}
	if !u.lane.server.readers.do(job) {
		u.buf, u.busy, u.last, u.sealed = piece, false, last, false // tried again with the next packet or timer
	}
}

// stored goes on when a worker is done.
func (u *upload) stored(err error, now instant) {
	u.busy = false
	switch {
	case u.over.Load():
		u.abandon(u.sealed && err == nil)
	case err != nil:
		u.code = CodeOf(err)
		u.lane.out.packet(u.port, u.peer, u.ifi, proto.ErrorPacket(u.code, u.code.Message()))
		u.lane.end(&u.transfer, Unwritable, err.Error(), now)
	case u.sealed:
		u.apply(u.Receiver.Complete(now), now)
	default:
		u.apply(proto.UploadOrder{Ack: u.held}, now)
	}
}

// abandon gives up the file, unless it was kept or a worker has it: then the worker's answer brings us here again.
func (u *upload) abandon(kept bool) {
	if u.busy || u.aborted || kept || u.outcome == Complete {
		return
	}
	u.aborted, u.buf = true, nil
	u.lane.server.discard(u.file)
}
