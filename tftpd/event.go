// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"time"
)

// Event is something that happened, for logs and statistics: [Finished], [Refusals], [TooManyBlocks], [SendFailures],
// [PortsShared] or [UploadLeft].
type Event interface{ event() }

// Finished is what became of one request that was answered. There is one for each.
type Finished struct {
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
	Proved      bool          // somebody at that address has answered, now or before: it is not forged
	Outcome     Outcome
	Code        Code   // of the ERROR sent, when Outcome is Refused or Unwritable
	Detail      string // the client's or an internal error, in words

	received int64 // blocks of an upload
}

// Words says how it ended: EDK2 asks each size first, which looks like a failure in other servers' logs.
func (f *Finished) Words() string {
	if f.Outcome == Probed && f.Class == EDK2 {
		return "UEFI size probe, normal"
	}
	return f.Outcome.String()
}

// Refusals are datagrams that were not answered, or with ERROR 4 only. There is at most one event per second and reason: floods are counted, not
// told.
type Refusals struct {
	Reason Reason
	Count  int64          // since the last event of this reason
	Total  int64          // since the server began
	Latest netip.AddrPort // who sent the latest of them
}

// TooManyBlocks is a download with more than 65535 blocks for a client of a class that is known not to count further in
// some of its versions.
type TooManyBlocks struct {
	Request Request
	Class   Class
	Size    int64 // of the content
	Limit   int64 // the largest content that all versions can load, with this block size
}

// SendFailures are datagrams that the network did not take; at most one event per second.
type SendFailures struct {
	Err   error // the latest
	Count int64 // since the last event
	Total int64 // since the server began
}

// PortsShared are transfers that got a port that others have too, because no more could be opened (out of file descriptors, as a
// rule); at most one event per second.
type PortsShared struct {
	Err   error // the latest
	Count int64 // since the last event
	Total int64 // since the server began
}

// UploadLeft is an upload that was not kept and could not be removed.
type UploadLeft struct{ Err error }

func (Finished) event()      {}
func (Refusals) event()      {}
func (TooManyBlocks) event() {}
func (SendFailures) event()  {}
func (PortsShared) event()   {}
func (UploadLeft) event()    {}
