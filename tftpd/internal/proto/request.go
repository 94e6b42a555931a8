// SPDX-License-Identifier: Apache-2.0

package proto

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
)

// Mode is the transfer mode of RFC 1350 section 1.
type Mode uint8

// The modes. RFC 1350 keeps Mail only to forbid it.
const (
	Octet Mode = iota
	Netascii
	Mail
)

// String gives the name used on the wire.
func (m Mode) String() string { return [...]string{"octet", "netascii", "mail"}[m] }

// Option is one asked option, RFC 2347: a name in lower case and a value as the client wrote it.
type Option struct{ Name, Value string }

// Request is what a client asks for.
type Request struct {
	Name    string // as it was sent; any bytes but NUL, not yet resolved in any way
	Mode    Mode
	Write   bool // the client sends (WRQ)
	Local   netip.AddrPort
	Remote  netip.AddrPort
	Options []Option // in the order asked, each name once, at most 16

	Interface int // index of the interface it came in by; 0 where the system does not tell

	Label any // what the Opener or Storer left about who asks, for the events about this request
}

// Option gives the value of an asked option.
func (r *Request) Option(name string) (string, bool) {
	for _, o := range r.Options {
		if o.Name == name {
			return o.Value, true
		}
	}
	return "", false
}

const (
	maxName    = 512 // bytes; the whole request is at most 512 by RFC 2347, and firmware that pads sends 516
	maxOptions = 16
)

// Why a datagram on the request port is not a request. They are counted; what is answered, and how often, is for the server to say.
var (
	ErrNotRequest = errors.New("not a request")
	ErrMalformed  = errors.New("malformed request")
)

// ParseRequest reads an RRQ or WRQ. Whatever follows the mode and does not read as an option is ignored: HP PA-RISC ROMs
// pad with uninitialised memory to 516 bytes, others with NULs.
func ParseRequest(b []byte) (Request, error) {
	op := Opcode(b)
	if op != OpRRQ && op != OpWRQ {
		return Request{}, ErrNotRequest
	}
	name, rest, ok := cutString(b[2:])
	if !ok || len(name) == 0 || len(name) > maxName {
		return Request{}, ErrMalformed
	}
	mode, rest, ok := cutString(rest)
	if !ok {
		return Request{}, ErrMalformed
	}
	r := Request{Name: string(name), Write: op == OpWRQ}
	switch strings.ToLower(string(mode[:min(len(mode), 16)])) {
	case "octet":
		r.Mode = Octet
	case "netascii":
		r.Mode = Netascii
	case "mail":
		r.Mode = Mail
	default:
		return Request{}, ErrMalformed
	}
	r.Options = ParseOptions(rest)
	return r, nil
}

// ParseOptions reads pairs until one does not look like an option. Of two of the same name the first counts (RFC 2347 does
// not say).
func ParseOptions(b []byte) []Option {
	var opts []Option
	for len(opts) < maxOptions {
		name, rest, ok1 := cutString(b)
		value, rest, ok2 := cutString(rest)
		if !ok1 || !ok2 || len(name) == 0 || !isPrintable(name) || !isPrintable(value) {
			break
		}
		b = rest
		o := Option{strings.ToLower(string(name)), string(value)}
		if !hasOption(opts, o.Name) {
			opts = append(opts, o)
		}
	}
	return opts
}

func isPrintable(b []byte) bool { return Printable(string(b)) == string(b) }

func hasOption(opts []Option, name string) bool {
	for _, o := range opts {
		if o.Name == name {
			return true
		}
	}
	return false
}

// cutString takes a string that ends with NUL.
func cutString(b []byte) (s, rest []byte, ok bool) {
	return bytes.Cut(b, []byte{0})
}
