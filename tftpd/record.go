// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"time"

	"github.com/rs/zerolog"
)

// Record is what became of one request.
type Record struct {
	Request     Request
	Class       Class
	Began       time.Time
	Duration    time.Duration // from the content being open to the end
	Size        int64         // of the content
	Bytes       int64         // the client is known to have (or has sent)
	BlockSize   int
	WindowSize  int
	Retransmits int64         // datagrams sent again
	RTT         time.Duration // smoothed, at the end; 0 when it was never measured
	Outcome     Outcome
	Code        Code   // of the ERROR sent, when Outcome is Refused
	Detail      string // the client's or an internal error, in words

	received int64 // blocks of an upload
}

// record sums a transfer up.
func (t *transfer) record(now time.Time) Record {
	r := Record{
		Request: t.req, Class: t.class, Began: t.began, Duration: now.Sub(t.began), Outcome: t.outcome, Code: t.code,
		Detail: t.detail, BlockSize: t.grant.block, WindowSize: t.grant.window, Retransmits: t.retransmits,
		RTT: time.Duration(t.srtt), Size: t.size,
	}
	switch {
	case t.up != nil:
		r.Bytes, r.Size, r.received = t.up.receiver.bytes, t.up.receiver.bytes, t.up.receiver.got
	case t.sender.block > 0:
		r.Bytes = t.transferred()
	}
	if t.outcome == Unconfirmed {
		r.Bytes = t.size
	}
	return r
}

// Words says how it ended: EDK2 asks each size first, which looks like a failure in other servers' logs.
func (r *Record) Words() string {
	if r.Outcome == Probed && r.Class == EDK2 {
		return "UEFI size probe, normal"
	}
	return r.Outcome.String()
}

// log writes a record as one line.
func (r *Record) log(l *zerolog.Logger) {
	e := l.Info()
	if !r.Outcome.Good() && r.Outcome != Refused {
		e = l.Warn()
	}
	e = e.Stringer("client", r.Request.Remote).Str("name", printable(r.Request.Name)).Str("outcome", r.Words())
	if r.Detail != "" {
		e = e.Str("detail", r.Detail)
	}
	if r.Outcome != Refused {
		e = e.Int64("bytes", r.Bytes).Dur("duration", r.Duration).Int("blksize", r.BlockSize).
			Int("windowsize", r.WindowSize).Int64("retransmits", r.Retransmits).Dur("rtt", r.RTT)
	}
	if r.Class != Other {
		e = e.Stringer("class", r.Class)
	}
	e.Msg("tftp")
}
