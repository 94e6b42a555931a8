// SPDX-License-Identifier: Apache-2.0

package dhcp4

import (
	"encoding/binary"
	"net/netip"
)

// Option is one option of a message.
type Option struct {
	Code  byte
	Value []byte
	spare Spare
}

// Spare says how well a reply can do without an option. When room is short, those that say what is said elsewhere too go
// first, then those that only a rule asks for.
type Spare uint8

// The kinds of options.
const (
	Needed   Spare = iota
	Courtesy       // only a rule asks for it
	Twice          // it says what is said elsewhere too
)

// Reply collects a message and lays it out within the client's limit.
type Reply struct {
	CIAddr netip.Addr
	SIAddr netip.Addr
	Flags  uint16
	File   []byte
	SName  []byte
	Relay  []byte        // option 82 comes last (RFC 3046 section 2.2)
	Vendor VendorOptions // of option 43; add its Bytes

	options   []Option
	optionsIn [12]Option
	scratch   [384]byte // a name of 255 bytes, two words, an address, and options of a few bytes
	used      int
	vendorIn  [256]byte
}

// Reset makes the reply empty; its memory is kept.
func (r *Reply) Reset() {
	r.CIAddr, r.SIAddr, r.Flags, r.File, r.SName, r.Relay = netip.Addr{}, netip.Addr{}, 0, nil, nil, nil
	r.options, r.used = r.optionsIn[:0], 0
	r.Vendor = VendorOptions{b: r.vendorIn[:0]}
}

// Add adds an option that the client needs; an empty one is left out.
func (r *Reply) Add(code byte, value []byte) { r.AddSpare(code, value, Needed) }

// AddSpare adds an option that may be left out where there is no room.
func (r *Reply) AddSpare(code byte, value []byte, s Spare) {
	if len(value) > 0 && len(value) <= 255 {
		r.options = append(r.options, Option{Code: code, Value: value, spare: s})
	}
}

// Bytes keeps a few bytes for as long as the reply.
func (r *Reply) Bytes(b ...byte) []byte {
	return r.keep(copy(r.scratch[r.used:], b))
}

// Text keeps a word for as long as the reply.
func (r *Reply) Text(s string) []byte {
	return r.keep(copy(r.scratch[r.used:], s))
}

// Addr keeps an address in words for as long as the reply.
func (r *Reply) Addr(a netip.Addr) []byte { return r.keep(len(a.AppendTo(r.scratch[r.used:r.used]))) }

func (r *Reply) keep(n int) []byte {
	b := r.scratch[r.used : r.used+n : r.used+n]
	r.used += n
	return b
}

// size is what the options need in their field.
func (r *Reply) size() int {
	n := 1 // END
	for _, o := range r.options {
		n += 2 + len(o.Value)
	}
	return n + len(r.Relay) + 2*((len(r.Relay)+254)/255)
}

// fit leaves out what is said Twice, then moves courtesies into sname (option 52, RFC 2132 section 9.3) or leaves them
// out, then moves others, until the message fits. The header's file field is never taken for options: some ROMs, and
// shim, read nothing else.
func (r *Reply) fit(limit int) (moved []Option, ok bool) {
	room := limit - offOpts
	r.drop(Twice, room)
	if r.size() <= room {
		return nil, true
	}
	r.SName = nil
	space := SizeSName - 1
	for _, s := range []Spare{Courtesy, Needed} {
		moved = r.move(moved, s, &space, room-3)
		r.drop(Courtesy, room-3)
	}
	if moved != nil {
		r.options = append(r.options, Option{Code: OptOverload, Value: r.Bytes(2)})
	}
	return moved, r.size() <= room
}

// move takes options out as long as there is too much, and space for them elsewhere.
func (r *Reply) move(moved []Option, s Spare, space *int, room int) []Option {
	for i := len(r.options) - 1; i >= 0 && r.size() > room; i-- {
		o := r.options[i]
		if o.spare == s && o.Code != OptType && o.Code != OptServerID && o.Code != OptClass && 2+len(o.Value) <= *space {
			*space -= 2 + len(o.Value)
			moved = append(moved, o)
			r.options = append(r.options[:i], r.options[i+1:]...)
		}
	}
	return moved
}

func (r *Reply) drop(s Spare, room int) {
	for i := len(r.options) - 1; i >= 0 && r.size() > room; i-- {
		if r.options[i].spare == s {
			r.options = append(r.options[:i], r.options[i+1:]...)
		}
	}
}

// Encode writes the message that answers m into out, which it may grow. It is empty if it does not fit the limit.
func (r *Reply) Encode(m *Message, out []byte, limit int) []byte {
	moved, ok := r.fit(limit)
	if !ok || len(r.File) > SizeFile-1 || len(r.SName) > SizeSName-1 {
		return nil
	}
	out = append(out[:0], make([]byte, offOpts)...)
	out[offOp], out[offHType], out[offHLen] = OpReply, m.HType, m.HLen
	binary.BigEndian.PutUint32(out[offXID:], m.XID)
	binary.BigEndian.PutUint16(out[offFlags:], r.Flags)
	putAddr(out[offCIAddr:], r.CIAddr)
	putAddr(out[offSIAddr:], r.SIAddr)
	putAddr(out[offGIAddr:], m.GIAddr)
	copy(out[offCHAddr:], m.CHAddr[:])
	copy(out[offSName:], r.SName)
	copy(out[offFile:], r.File)
	binary.BigEndian.PutUint32(out[offCookie:], cookie)
	if moved != nil {
		putOptions(out[offSName:offSName], moved)
	}
	out = putOptions(out, r.options)
	out = putRelay(out, r.Relay)
	for len(out) < MinSize {
		out = append(out, OptPad)
	}
	return out
}

// putOptions appends options and their end.
func putOptions(b []byte, options []Option) []byte {
	for _, o := range options {
		b = append(append(b, o.Code, byte(len(o.Value))), o.Value...)
	}
	return append(b, OptEnd)
}

// putRelay puts option 82 before the end, in parts where it came in parts (RFC 3396).
func putRelay(b, relay []byte) []byte {
	for len(relay) > 0 {
		n := min(len(relay), 255)
		b = append(append(b[:len(b)-1], OptRelayAgent, byte(n)), relay[:n]...)
		b, relay = append(b, OptEnd), relay[n:]
	}
	return b
}

func putAddr(b []byte, a netip.Addr) {
	if a.Is4() {
		a4 := a.As4()
		copy(b, a4[:])
	}
}
