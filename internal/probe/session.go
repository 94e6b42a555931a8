// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// Options say who asks, and where.
type Options struct {
	Kind       string        // one of Kinds
	Interface  string        // to ask on
	MAC        boot.MAC      // zero: the interface's own
	UUID       boot.UUID     // zero: none
	XID        uint32        // zero: from the clock
	Wait       time.Duration // how long to collect offers; zero: 4 s, as EDK2 does
	IPv6       bool          // DHCPv6 instead
	AssumeDHCP bool          // judge as if a DHCP server gave an address
	NoFetch    bool          // do not load the file
	Out        io.Writer     // the story
}

// ErrNoBoot is what a run ends with when the client would not boot. Its text says why.
type ErrNoBoot struct{ Code, Text string }

func (e *ErrNoBoot) Error() string { return e.Code + ": " + e.Text }

// offer is an answer with where it came from.
type offer struct {
	dhcp4.Answer
	from netip.AddrPort
	raw  []byte
	at   time.Duration
}

// session is one client's attempt.
type session struct {
	opts   Options
	kind   kind
	nic    netif.Interface
	own    netip.Addr // the interface's address; invalid: none
	offers []offer
	tries  []time.Duration // how long each question to port 4011 waits
	ctx    context.Context
}

// Run plays one client. The error is an *ErrNoBoot, or what kept the probe from running.
func Run(ctx context.Context, opts Options) error {
	k, err := kindOf(opts.Kind)
	if err != nil {
		return err
	}
	s := &session{opts: opts, kind: k, tries: binlTries(), ctx: ctx}
	if err := s.prepare(); err != nil {
		return err
	}
	if opts.IPv6 {
		return s.run6()
	}
	s.say("playing %s, MAC %s, on %s", k.title, s.opts.MAC, s.nic.Name)
	if err := s.discover(); err != nil {
		return err
	}
	return s.finish(k.judge(s))
}

func (s *session) prepare() error {
	nics, err := netif.Interfaces()
	if err != nil {
		return err
	}
	for _, n := range nics {
		if n.Name == s.opts.Interface {
			s.nic = n
		}
	}
	if s.nic.Name == "" {
		return fmt.Errorf("there is no interface %q", s.opts.Interface)
	}
	for _, p := range s.nic.Prefixes {
		if p.Addr().Is4() && !s.own.IsValid() {
			s.own = p.Addr()
		}
	}
	if s.opts.MAC.IsZero() {
		copy(s.opts.MAC[:], s.nic.MAC)
	}
	if s.opts.XID == 0 {
		s.opts.XID = uint32(time.Now().UnixNano())
	}
	if s.opts.Wait == 0 {
		s.opts.Wait = 4 * time.Second
	}
	return nil
}

// Ports of DHCP.
const (
	portServer = 67
	portClient = 68
	portBINL   = 4011
)

// discover broadcasts and collects. Port 68 often belongs to the host's own DHCP client; then packets are read beside it.
func (s *session) discover() error {
	c, from, err := s.listen()
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // nothing is lost with it
	packet := s.kind.ask(&s.opts).Bytes()
	to := netip.AddrPortFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), portServer)
	if _, err := c.Send([]udp.Outgoing{{Remote: to, Local: from, Interface: s.nic.Index, Bufs: [][]byte{packet}}}); err != nil {
		return err
	}
	s.collect(c)
	return s.ctx.Err()
}

// packets is a datagram socket, or one below it.
type packets interface {
	Recv(in []udp.Incoming, timeout time.Duration) (int, error)
	Send(out []udp.Outgoing) (int, error)
	Close() error
}

// listen gives a socket for port 68 and the address to send from.
func (s *session) listen() (packets, netip.Addr, error) {
	if s.own.IsValid() {
		c, err := udp.Listen(udp.Config{Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), portClient), Device: s.nic.Name, Broadcast: true, PacketInfo: true})
		if err == nil {
			return c, s.own, nil
		}
		if errors.Is(err, os.ErrPermission) {
			return nil, s.own, fmt.Errorf("%w: probing needs root, for port 68 and packet sockets", err)
		}
	}
	c, err := udp.ListenPackets(udp.PacketConfig{Port: portClient})
	if err != nil {
		return nil, s.own, fmt.Errorf("%w: port 68 is taken, and a packet socket needs root", err)
	}
	return c, netip.IPv4Unspecified(), nil
}

// collect hears offers for as long as firmware does.
func (s *session) collect(c packets) {
	began := time.Now()
	in := []udp.Incoming{{Buf: make([]byte, 4096)}}
	for s.ctx.Err() == nil {
		left := s.opts.Wait - time.Since(began)
		if left <= 0 {
			return
		}
		n, err := c.Recv(in, left)
		if err != nil || n == 0 || in[0].Interface != 0 && in[0].Interface != s.nic.Index {
			continue
		}
		raw := append([]byte(nil), in[0].Buf[:in[0].N]...)
		p, ok := dhcp4.ParseAnswer(raw)
		if !ok || p.XID != s.opts.XID || p.Type != dhcp4.Offer && p.Type != 0 {
			continue
		}
		o := offer{Answer: p, from: in[0].Remote, raw: raw, at: time.Since(began)}
		s.offers = append(s.offers, o)
		s.describe("offer", &o)
	}
}

// describe prints an answer, decoded.
func (s *session) describe(what string, o *offer) {
	s.say("%s from %s after %s", what, o.from, o.at.Round(100*time.Microsecond))
	for _, line := range dhcp4.Describe(o.raw) {
		s.say("    %s", line)
	}
	if o.from.Port() != portServer && what == "offer" {
		s.note("the offer comes from port %d: iPXE takes offers from port 67 only", o.from.Port())
	}
}

func (s *session) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.opts.Out, format+"\n", args...) // the reader has gone if it fails
}

func (s *session) note(format string, args ...any) { s.say("note: "+format, args...) }
