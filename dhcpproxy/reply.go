// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"encoding/binary"
	"net/netip"
)

// option is one option of a reply. When room is short, those that say what is said elsewhere too go first, then those
// that only a rule asks for.
type option struct {
	code  byte
	value []byte
	spare spare
}

type spare uint8

const (
	needed spare = iota
	courtesy
	twice
)

// reply collects a message and lays it out within the client's limit.
type reply struct {
	typ       MessageType
	ciaddr    netip.Addr
	siaddr    netip.Addr
	flags     uint16
	file      []byte
	sname     []byte
	options   []option
	relay     []byte // option 82 comes last (RFC 3046 section 2.2)
	optionsIn [12]option
	scratch   [384]byte // a name of 255 bytes, two words, an address, and options of a few bytes
	used      int
	vendor    vendorOptions
	vendorIn  [256]byte
}

// reset makes the reply empty; its memory is kept.
func (r *reply) reset() {
	r.typ, r.ciaddr, r.siaddr, r.flags, r.file, r.sname, r.relay = 0, netip.Addr{}, netip.Addr{}, 0, nil, nil, nil
	r.options, r.used = r.optionsIn[:0], 0
	r.vendor = vendorOptions{b: r.vendorIn[:0]}
}

func (r *reply) add(code byte, value []byte) {
	if len(value) > 0 && len(value) <= 255 {
		r.options = append(r.options, option{code: code, value: value})
	}
}

func (r *reply) addSpare(code byte, value []byte, s spare) {
	if len(value) > 0 && len(value) <= 255 {
		r.options = append(r.options, option{code: code, value: value, spare: s})
	}
}

// small keeps a few bytes for as long as the reply.
func (r *reply) small(b ...byte) []byte {
	n := copy(r.scratch[r.used:], b)
	return r.keep(n)
}

// text keeps a word for as long as the reply.
func (r *reply) text(s string) []byte {
	n := copy(r.scratch[r.used:], s)
	return r.keep(n)
}

func (r *reply) keep(n int) []byte {
	b := r.scratch[r.used : r.used+n : r.used+n]
	r.used += n
	return b
}

// size is what the options need in their field.
func (r *reply) size() int {
	n := 1 // END
	for _, o := range r.options {
		n += 2 + len(o.value)
	}
	return n + len(r.relay) + 2*((len(r.relay)+254)/255)
}

// fit leaves out what is said twice, then moves courtesies into sname (option 52, RFC 2132 section 9.3) or leaves them
// out, then moves others, until the message fits. The header's file field is never taken for options: some ROMs, and
// shim, read nothing else.
func (r *reply) fit(limit int) (moved []option, ok bool) {
	room := limit - offOpts
	r.drop(twice, room)
	if r.size() <= room {
		return nil, true
	}
	r.sname = nil
	space := sizeSName - 1
	for _, s := range []spare{courtesy, needed} {
		moved = r.move(moved, s, &space, room-3)
		r.drop(courtesy, room-3)
	}
	if moved != nil {
		r.options = append(r.options, option{code: optOverload, value: r.small(2)})
	}
	return moved, r.size() <= room
}

// move takes options out as long as there is too much, and space for them elsewhere.
func (r *reply) move(moved []option, s spare, space *int, room int) []option {
	for i := len(r.options) - 1; i >= 0 && r.size() > room; i-- {
		o := r.options[i]
		if o.spare == s && o.code != optType && o.code != optServerID && o.code != optClass && 2+len(o.value) <= *space {
			*space -= 2 + len(o.value)
			moved = append(moved, o)
			r.options = append(r.options[:i], r.options[i+1:]...)
		}
	}
	return moved
}

func (r *reply) drop(s spare, room int) {
	for i := len(r.options) - 1; i >= 0 && r.size() > room; i-- {
		if r.options[i].spare == s {
			r.options = append(r.options[:i], r.options[i+1:]...)
		}
	}
}

// encode writes the message that answers m into out, which it may grow. It is empty if it does not fit the limit.
func (r *reply) encode(m *message, out []byte, limit int) []byte {
	moved, ok := r.fit(limit)
	if !ok || len(r.file) > sizeFile-1 || len(r.sname) > sizeSName-1 {
		return nil
	}
	out = append(out[:0], make([]byte, offOpts)...)
	out[offOp], out[offHType], out[offHLen] = bootReply, m.htype, m.hlen
	binary.BigEndian.PutUint32(out[offXID:], m.xid)
	binary.BigEndian.PutUint16(out[offFlags:], r.flags)
	putAddr(out[offCIAddr:], r.ciaddr)
	putAddr(out[offSIAddr:], r.siaddr)
	putAddr(out[offGIAddr:], m.giaddr)
	copy(out[offCHAddr:], m.chaddr[:])
	copy(out[offSName:], r.sname)
	copy(out[offFile:], r.file)
	binary.BigEndian.PutUint32(out[offCookie:], cookie)
	if moved != nil {
		putOptions(out[offSName:offSName], moved)
	}
	out = putOptions(out, r.options)
	out = putRelay(out, r.relay)
	for len(out) < minReply {
		out = append(out, optPad)
	}
	return out
}

// putOptions appends options and their end.
func putOptions(b []byte, options []option) []byte {
	for _, o := range options {
		b = append(append(b, o.code, byte(len(o.value))), o.value...)
	}
	return append(b, optEnd)
}

// putRelay puts option 82 before the end, in parts where it came in parts (RFC 3396).
func putRelay(b, relay []byte) []byte {
	for len(relay) > 0 {
		n := min(len(relay), 255)
		b = append(append(b[:len(b)-1], optRelayAgent, byte(n)), relay[:n]...)
		b, relay = append(b, optEnd), relay[n:]
	}
	return b
}

func putAddr(b []byte, a netip.Addr) {
	if a.Is4() {
		a4 := a.As4()
		copy(b, a4[:])
	}
}
