// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// model is how a kind of client behaves, as far as the server can tell.
type model struct {
	name    string
	block   int // 0: no option
	window  int // 0: no option
	tsize   bool
	request time.Duration // repeats its request after this
	reack   time.Duration // repeats its ACK after this silence; 0: never
	stray   string        // what a block out of order draws: "every" an ACK, "once" per gap, "previous" only if it is the last one
	ring    int           // receive buffers: of a burst faster than it reads, only so many are taken; 0: all
	slow    time.Duration // per block
}

// models are the clients of research and captures: timers and reactions differ, and loss repair depends on them.
var models = []model{
	{name: "plain", request: time.Second, reack: time.Second, stray: "previous"},
	{name: "PXELINUX", block: 1408, tsize: true, request: 110 * time.Millisecond, reack: 110 * time.Millisecond, stray: "every"},
	{name: "iPXE", block: 1432, tsize: true, request: 250 * time.Millisecond, reack: 250 * time.Millisecond, stray: "every"},
	{name: "GRUB", block: 1024, tsize: true, request: 400 * time.Millisecond, reack: 400 * time.Millisecond, stray: "every"},
	{name: "EDK2", block: 1468, window: 4, request: 4 * time.Second, reack: 4 * time.Second, stray: "every"},
	{name: "U-Boot", block: 1468, window: 8, request: 5 * time.Second, reack: 5 * time.Second, stray: "once"},
	{name: "U-Boot lwIP", block: 1468, request: time.Second, stray: "previous"},
	{name: "barebox", block: 1432, window: 32, request: time.Second, reack: time.Second, stray: "once"},
	{name: "mute window", block: 512, window: 16, request: time.Second, reack: 5 * time.Second, stray: "previous"},
	{name: "tiny", block: 8, window: 3, request: time.Second, reack: time.Second, stray: "every"},
	{name: "U-Boot, four buffers", block: 1468, window: 16, request: time.Second, reack: 5 * time.Second, stray: "once", ring: 4, slow: 50 * time.Microsecond},
}

// reader is a model at work.
type reader struct {
	model
	w        *world
	conn     *simnet.Conn
	to       netip.AddrPort
	name     string
	got      []byte
	expected int64 // absolute
	inWindow int
	gapAt    int64
	size     int // of full blocks, as granted
	granted  int // window
	done     bool
}

// fetch gets a file or says why not.
func (m model) fetch(w *world, from, name string) ([]byte, error) {
	b, _, err := m.clock(w, from, name)
	return b, err
}

// clock is fetch that says how long it took until the last byte was there.
func (m model) clock(w *world, from, name string) ([]byte, time.Duration, error) {
	began := time.Now()
	r := &reader{model: m, w: w, conn: w.socket(from), name: name, expected: 1, gapAt: -1, size: 512, granted: 1}
	defer r.conn.Close()
	if err := r.open(); err != nil {
		return nil, 0, err
	}
	silent := time.Duration(0)
	for !r.done {
		wait := r.reack
		if wait == 0 {
			wait = 5 * time.Second
		}
		b, ok := r.recv(wait)
		if !ok {
			if silent += wait; silent > 100*time.Second {
				return nil, 0, fmt.Errorf("no block %d for %v", r.expected, silent)
			}
			if r.reack > 0 {
				r.ack(r.expected - 1)
			}
			continue
		}
		silent = 0
		if err := r.packet(b); err != nil {
			return nil, 0, err
		}
	}
	took := time.Since(began)
	for { // stay for the last block's repetitions
		b, ok := r.recv(3 * time.Second)
		if !ok {
			return r.got, took, nil
		}
		if proto.Opcode(b) == proto.OpDATA {
			r.ack(r.expected - 1)
		}
	}
}

// open asks until there is an answer.
func (r *reader) open() error {
	request := append([]byte{0, proto.OpRRQ}, options([]string{r.name + "=octet"})...)
	if r.tsize {
		request = append(request, options([]string{"tsize=0"})...)
	}
	if r.block > 0 {
		request = append(request, options([]string{"blksize=" + strconv.Itoa(r.block)})...)
	}
	if r.window > 0 {
		request = append(request, options([]string{"windowsize=" + strconv.Itoa(r.window)})...)
	}
	for range 60 {
		r.send(netip.MustParseAddrPort(serverAddr+":69"), request)
		if b, ok := r.recv(r.request); ok {
			return r.packet(b)
		}
	}
	return errors.New("no answer to the request")
}

func (r *reader) send(to netip.AddrPort, b []byte) {
	r.conn.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{b}}})
}

func (r *reader) ack(n int64) {
	r.inWindow = 0
	r.send(r.to, binary.BigEndian.AppendUint16([]byte{0, proto.OpACK}, uint16(n)))
}

// recv waits for a packet of the transfer. A small ring loses what comes while it is full.
func (r *reader) recv(wait time.Duration) ([]byte, bool) {
	time.Sleep(r.slow)
	deadline := time.Now().Add(wait)
	for {
		in := make([]udp.Incoming, 1)
		if r.ring > 0 {
			in = make([]udp.Incoming, 64)
		}
		for i := range in {
			in[i].Buf = make([]byte, 2048)
		}
		n, err := r.conn.Recv(in, max(time.Until(deadline), 1))
		if err != nil {
			return nil, false
		}
		if !r.to.IsValid() {
			r.to = in[0].Remote
		}
		if r.ring > 0 && n > 1 { // what was not read in time: the first few are in the ring, the rest is gone
			for i := 1; i < min(n, r.ring); i++ {
				if err := r.packet(in[i-1].Buf[:in[i-1].N]); err != nil || r.done {
					return in[i-1].Buf[:in[i-1].N], true
				}
			}
			n = min(n, r.ring)
			return in[n-1].Buf[:in[n-1].N], true
		}
		if in[0].Remote != r.to {
			continue // another TID: an answer to a request we repeated
		}
		return in[0].Buf[:in[0].N], true
	}
}

// packet handles an answer.
func (r *reader) packet(b []byte) error {
	switch proto.Opcode(b) {
	case proto.OpERROR:
		return fmt.Errorf("%s", describe(b))
	case proto.OpOACK:
		if r.expected > 1 {
			return nil // a copy the network held back
		}
		r.oack(b[2:])
		r.ack(0)
	case proto.OpDATA:
		r.data(b)
	}
	return nil
}

func (r *reader) oack(b []byte) {
	for _, o := range proto.ParseOptions(b) {
		n, _ := strconv.Atoi(o.Value)
		switch o.Name {
		case "blksize":
			r.size = n
		case "windowsize":
			r.granted = n
		}
	}
}

func (r *reader) data(b []byte) {
	n := binary.BigEndian.Uint16(b[2:])
	if n != uint16(r.expected) {
		if r.stray == "every" || r.stray == "previous" && n == uint16(r.expected-1) || r.stray == "once" && r.gapAt != r.expected {
			r.gapAt = r.expected
			r.ack(r.expected - 1)
		}
		return
	}
	r.got = append(r.got, b[4:]...)
	r.expected++
	r.inWindow++
	if len(b)-4 < r.size {
		r.done = true
	}
	if r.done || r.inWindow >= r.granted {
		r.ack(r.expected - 1)
	}
}
