// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// TFTP opcodes (RFC 1350 section 5, RFC 2347).
const (
	opRRQ = iota + 1
	opWRQ
	opDATA
	opACK
	opERROR
	opOACK
)

// Outcome is how a transfer ended.
type Outcome string

// The outcomes that are no TFTP error. An error's outcome is its text: "server error 1 'File not found'".
const (
	Unfinished Outcome = "unfinished"
	Complete   Outcome = "complete"
	LastSent   Outcome = "complete, last block not acknowledged"
)

// Transfer is one TFTP read or write, as the client's port saw it.
type Transfer struct {
	At, End    time.Duration // first request, last packet
	Client     netip.AddrPort
	Server     netip.AddrPort // port 69 until the server answered
	Write      bool
	Name, Mode string
	Asked      []string // options as name=value, in order
	Acked      []string // those of the OACK
	HasOACK    bool
	Requests   int // how often it was asked for
	Blocks     int // DATA packets, again ones included
	Bytes      int // of DATA, without those sent again
	Again      int // DATA packets that carried an old block
	ACKs       int
	ACKsAgain  int // ACKs equal to the one before
	Window     int // most DATA packets between two ACKs
	Outcome    Outcome

	last, acked uint16
	run         int
	blksize     int
}

// Retries is what had to be sent again, by either side.
func (x *Transfer) Retries() int { return x.Requests - 1 + x.Again + x.ACKsAgain }

// tftp follows transfers by the client's address and port, and by both servers' addresses: a client may use one port
// for one transfer after another (GRUB begins at 25300 in every boot, lpxelinux.0 stays on 49153).
type tftp struct {
	all  []*Transfer
	live map[netip.AddrPort]*Transfer
}

func (t *tftp) add(at time.Duration, f frame) {
	if len(f.payload) < 4 {
		return
	}
	op := binary.BigEndian.Uint16(f.payload)
	if f.dst.Port() == 69 && (op == opRRQ || op == opWRQ) {
		t.request(at, f, op == opWRQ)
		return
	}
	if x := t.live[f.dst]; x != nil && x.Server.Addr() == f.src.Addr() {
		x.End = at
		x.fromServer(f, op)
	} else if x := t.live[f.src]; x != nil && x.Server.Addr() == f.dst.Addr() {
		x.End = at
		x.fromClient(f, op)
	}
}

func (t *tftp) request(at time.Duration, f frame, write bool) {
	words := strings.Split(string(f.payload[2:]), "\x00")
	if len(words) < 2 {
		return
	}
	if x := t.live[f.src]; x != nil && x.Name == words[0] && x.Blocks == 0 && x.Outcome == Unfinished {
		x.Requests++
		return
	}
	x := &Transfer{
		At: at, End: at, Client: f.src, Server: f.dst, Write: write, Name: words[0], Mode: strings.ToLower(words[1]),
		Asked: pairs(words[2:]), Requests: 1, Outcome: Unfinished, blksize: 512,
	}
	t.all = append(t.all, x)
	if t.live == nil {
		t.live = make(map[netip.AddrPort]*Transfer)
	}
	t.live[f.src] = x
}

// pairs joins a list of names and values (RFC 2347) to name=value.
func pairs(words []string) []string {
	var out []string
	for ; len(words) >= 2 && words[0] != ""; words = words[2:] {
		out = append(out, strings.ToLower(words[0])+"="+words[1])
	}
	return out
}

func (x *Transfer) fromServer(f frame, op uint16) {
	x.Server = f.src
	switch op {
	case opOACK:
		x.HasOACK, x.Acked = true, pairs(strings.Split(string(f.payload[2:]), "\x00"))
		x.setBlksize()
	case opDATA:
		x.data(binary.BigEndian.Uint16(f.payload[2:]), f.size-4)
	case opACK:
		x.ack(binary.BigEndian.Uint16(f.payload[2:]))
	case opERROR:
		x.Outcome = outcome("server", f.payload)
	}
}

func (x *Transfer) fromClient(f frame, op uint16) {
	switch op {
	case opACK:
		x.ack(binary.BigEndian.Uint16(f.payload[2:]))
	case opDATA:
		x.data(binary.BigEndian.Uint16(f.payload[2:]), f.size-4)
	case opERROR:
		x.Outcome = outcome("client", f.payload)
	}
}

func (x *Transfer) setBlksize() {
	for _, o := range x.Acked {
		if v, ok := strings.CutPrefix(o, "blksize="); ok {
			x.blksize, _ = strconv.Atoi(v)
		}
	}
}

func (x *Transfer) data(n uint16, size int) {
	x.Blocks++
	if n != x.last+1 { // rolls over to 0
		x.Again++
		return
	}
	x.last = n
	x.Bytes += size
	x.run++
	x.Window = max(x.Window, x.run)
	if size < x.blksize && x.Outcome == Unfinished {
		x.Outcome = LastSent
	}
}

func (x *Transfer) ack(n uint16) {
	if x.ACKs > 0 && n == x.acked {
		x.ACKsAgain++
	}
	x.ACKs++
	x.acked, x.run = n, 0
	if x.Outcome == LastSent && n == x.last {
		x.Outcome = Complete
	}
}

func outcome(who string, b []byte) Outcome {
	text, _, _ := bytes.Cut(b[4:], []byte{0})
	return Outcome(fmt.Sprintf("%s error %d %s", who, binary.BigEndian.Uint16(b[2:]), quoted(text)))
}

// Probe tells whether the client only asked for the size: all UEFI firmware does, then aborts with error 8 or 0.
func (x *Transfer) Probe() bool {
	return x.Blocks == 0 && x.HasOACK && strings.HasPrefix(string(x.Outcome), "client error")
}

func (x *Transfer) String() string {
	verb, oack := "read", "no OACK"
	if x.Write {
		verb = "write"
	}
	if x.HasOACK {
		oack = "OACK " + printable(strings.Join(x.Acked, " "))
	}
	return fmt.Sprintf("%s %s %s  %s > %s  asked: %s  %s\n          %d bytes in %.3f s, %d DATA (%d again), %d ACK (%d again), "+
		"asked %d times, window %d: %s", verb, quoted(x.Name), printable(x.Mode), x.Client, x.Server, printable(strings.Join(x.Asked, " ")),
		oack, x.Bytes, (x.End - x.At).Seconds(), x.Blocks, x.Again, x.ACKs, x.ACKsAgain, x.Requests, x.Window, x.Outcome)
}
