// SPDX-License-Identifier: Apache-2.0

package reflector

import (
	"context"
	"net/netip"
	"runtime"
	"time"

	"github.com/bootlace-net/bootlace/bench/mmsg"
)

const batch = 64

// segments is what one UDP_SEGMENT send may carry: 64 by older kernels, 65,507 bytes by IP.
const (
	segments   = 64
	datagram   = 65507
	headerSize = 4
)

// Serve answers on addr until ctx ends; ready, if not nil, is told the bound address.
func Serve(ctx context.Context, addr netip.AddrPort, c Config, ready func(netip.AddrPort)) error {
	f, err := cut(c)
	if err != nil {
		return err
	}
	s, err := mmsg.Listen(addr, mmsg.Options{Buffer: 4 << 20})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.SetReadTimeout(100 * time.Millisecond); err != nil {
		return err
	}
	local, err := s.Local()
	if err != nil {
		return err
	}
	if ready != nil {
		ready(local)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	segment := 0
	if c.GSO && f.window > 1 {
		segment = c.Blksize + headerSize
	}
	in, out := mmsg.NewIn(batch, 512), mmsg.NewOut(batch, 2*segments)
	for ctx.Err() == nil {
		n, err := s.Receive(in, true)
		if err != nil {
			return err
		}
		for i := range n {
			f.reply(s, out, in.Source(i), in.Data(i), segment)
		}
		flush(s, out)
	}
	return nil
}

// reply queues what follows a packet: with segments one message for many blocks, else one each.
func (f *file) reply(s *mmsg.Socket, out *mmsg.Out, to netip.AddrPort, p []byte, segment int) {
	from, end, oack := f.answer(p)
	if oack {
		room(s, out)
		out.Add(to, 0, 0, f.oack)
		return
	}
	per := 1
	if segment > 0 {
		per = min(segments, datagram/segment)
	}
	for at := from; at < end; at += per {
		room(s, out)
		var parts [2 * segments][]byte
		used := 0
		for b := at; b < min(at+per, end); b++ {
			parts[used], parts[used+1] = f.headers[b][:], f.blocks[b]
			used += 2
		}
		cut := segment
		if used == 2 {
			cut = 0
		}
		out.Add(to, 0, cut, parts[:used]...)
	}
}

func room(s *mmsg.Socket, out *mmsg.Out) {
	if out.Full() {
		flush(s, out)
	}
}

// flush sends; what a full queue refuses is lost, a floor repairs nothing.
func flush(s *mmsg.Socket, out *mmsg.Out) {
	if out.Len() > 0 {
		_ = s.Send(out)
	}
}
