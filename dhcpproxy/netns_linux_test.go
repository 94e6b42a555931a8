// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// answerAge is how long an answer may take on a machine that is busy with other things.
const answerAge = 20 * time.Second

func newLab(t *testing.T) *lab.Lab {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("NOT RUN: network namespaces need root")
	}
	l, err := lab.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// rig is a server of ours in a namespace, and a machine in another.
type rig struct {
	t       *testing.T
	server  *Server
	log     journal
	machine *udp.Conn
}

// newRig prepares the server, which has the interfaces of its namespace.
func newRig(t *testing.T, l *lab.Lab) *rig {
	t.Helper()
	r := &rig{t: t}
	var nics []NIC
	err := l.Boot.Do(func() (err error) {
		nics, err = SystemNICs()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r.server = &Server{Responder: Responder{Planner: newPlanner(t)}, HTTPPort: 8080, NoIPv6: true, Logger: zerolog.New(&r.log),
		NICs: func() ([]NIC, error) { return nics, nil }}
	err = l.DHCP.Do(func() (err error) {
		r.machine, err = udp.Listen(udp.Config{Addr: unicast("0.0.0.0:68"), Device: lab.Interface, Broadcast: true, PacketInfo: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.machine.Close() })
	return r
}

// serve runs the server until the test ends.
func (r *rig) serve(l *lab.Lab) {
	r.t.Helper()
	if err := l.Boot.Do(r.server.Listen); err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.server.Serve(ctx) }()
	r.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
}

// ask sends until every one of the answers that are waited for has come; a server may take its time to begin.
func (r *rig) ask(a Ask, to netip.AddrPort, want ...func(Packet, netip.AddrPort) bool) {
	r.t.Helper()
	out := []udp.Outgoing{{Remote: to, Bufs: [][]byte{a.Bytes()}}}
	in := []udp.Incoming{{Buf: make([]byte, 2048)}}
	seen := make([]bool, len(want))
	left := len(want)
	for end := time.Now().Add(answerAge); time.Now().Before(end); {
		if _, err := r.machine.Send(out); err != nil {
			r.t.Fatal(err)
		}
		for again := time.Now().Add(time.Second); left > 0 && time.Now().Before(again); {
			n, err := r.machine.Recv(in, time.Until(again))
			if n == 0 || err != nil {
				continue
			}
			p, ok := Parse(in[0].Buf[:in[0].N])
			for i, f := range want {
				if ok && !seen[i] && p.XID == a.XID && f(p, in[0].Remote) {
					seen[i] = true
					left--
				}
			}
		}
		if left == 0 {
			return
		}
	}
	r.t.Fatalf("of %d answers to the %s, these came: %v\n%s", len(want), a.Type, seen, r.log.b.String())
}

// TestBesideDHCPOnTheSameHost: a real DHCP server has port 67. It gives the address, we give the file, and neither takes a
// packet from the other.
func TestBesideDHCPOnTheSameHost(t *testing.T) {
	for server, program := range map[lab.DHCPServer]string{lab.Dnsmasq: "dnsmasq", lab.ISC: "dhcpd"} {
		for name, mode := range map[string]SocketMode{"auto": SocketAuto, "packet": SocketPacket} {
			t.Run(string(server)+"/"+name, func(t *testing.T) {
				if _, err := exec.LookPath(program); err != nil {
					t.Skip("NOT RUN:", err)
				}
				l := newLab(t)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				var log bytes.Buffer
				if _, err := l.Boot.StartDHCP(ctx, t.TempDir(), lab.BootAddr(), lab.DHCPOptions{Server: server}, &log); err != nil {
					t.Fatal(err)
				}
				r := newRig(t, l)
				r.server.Socket = mode
				r.serve(l)
				r.boots()
			})
		}
	}
}

// boots plays a UEFI machine up to the file's name.
func (r *rig) boots() {
	r.t.Helper()
	me := netip.AddrPortFrom(lab.BootAddr(), portServer)
	ask := AskFor(boot.Client{MAC: machine, Class: boot.ClassPXE, Archs: []boot.Arch{boot.ArchX64}})
	var lease netip.Addr
	r.ask(ask, netip.AddrPortFrom(broadcastAddr(), portServer),
		func(p Packet, from netip.AddrPort) bool {
			lease = p.YIAddr
			return from == me && p.Type == Offer && lease.IsValid()
		},
		func(p Packet, from netip.AddrPort) bool {
			return from == me && p.Type == Offer && !p.YIAddr.IsValid() && p.Class == "PXEClient" && p.SIAddr == me.Addr() && strings.HasSuffix(p.File(), "ipxe.efi")
		})
	ask.Type, ask.Server, ask.Requested = Request, me.Addr(), lease
	r.ask(ask, netip.AddrPortFrom(broadcastAddr(), portServer),
		func(p Packet, from netip.AddrPort) bool { return p.Type == Ack && p.YIAddr == lease })
	if n := r.server.Count(AnsweredAck); n != 0 {
		r.t.Errorf("%d requests for an address were answered by us", n)
	}
	ask.Requested, ask.XID = netip.Addr{}, ask.XID+1
	r.ask(ask, netip.AddrPortFrom(me.Addr(), portBINL),
		func(p Packet, from netip.AddrPort) bool {
			return from == netip.AddrPortFrom(me.Addr(), portBINL) && p.Type == Ack && strings.HasSuffix(p.File(), "ipxe.efi")
		})
}

// TestRivalOnTheSameHost: a DHCP server that says PXEClient is found out even where its answers only leave.
func TestRivalOnTheSameHost(t *testing.T) {
	if _, err := exec.LookPath("dnsmasq"); err != nil {
		t.Skip("NOT RUN:", err)
	}
	l := newLab(t)
	var log bytes.Buffer
	p, err := l.Boot.Start(&log, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root", "--log-facility=-", "--no-ping",
		"--interface="+lab.Interface, "--except-interface=lo", "--dhcp-leasefile="+filepath.Join(t.TempDir(), "leases"), "--pid-file=",
		"--dhcp-range=10.77.0.100,10.77.0.199,1h", "--dhcp-option-force=60,PXEClient")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := l.Boot.WaitPorts(ctx, p, "udp/67"); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, l)
	r.serve(l)
	ask := AskFor(boot.Client{MAC: machine, Class: boot.ClassPXE, Archs: []boot.Arch{boot.ArchX64}})
	r.ask(ask, netip.AddrPortFrom(broadcastAddr(), portServer),
		func(p Packet, _ netip.AddrPort) bool { return p.YIAddr.IsValid() && p.Class == "PXEClient" },
		func(p Packet, _ netip.AddrPort) bool { return !p.YIAddr.IsValid() })
	for end := time.Now().Add(answerAge); len(r.log.lines("option-60", "Remove option 60")) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not found out:\n%s", r.log.b.String())
		}
	}
}

// TestPortsAreNotShared: neither do we take port 67 from a program that would share it, nor can one take it from us.
func TestPortsAreNotShared(t *testing.T) {
	l := newLab(t)
	sharing := func(port int) (int, error) {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
		if err != nil {
			return fd, err
		}
		const reusePort = 15 // SO_REUSEPORT of asm-generic/socket.h
		return fd, errors.Join(syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1),
			syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, reusePort, 1), syscall.Bind(fd, &syscall.SockaddrInet4{Port: port}))
	}
	for _, port := range []int{portServer, portBINL} {
		r := newRig(t, l)
		r.server.Socket = SocketUDP
		err := l.Boot.Do(func() error {
			fd, err := sharing(port)
			if err != nil {
				return err
			}
			defer func() { _ = syscall.Close(fd) }()
			if err = r.server.Listen(); !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), "belongs to "+filepath.Base(os.Args[0])[:4]) {
				t.Errorf("port %d of a program that would share it: %v", port, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		_ = r.machine.Close()
	}
	r := newRig(t, l)
	r.server.Socket = SocketUDP
	r.serve(l)
	for _, port := range []int{portServer, portBINL} {
		err := l.Boot.Do(func() error {
			fd, err := sharing(port)
			_ = syscall.Close(fd)
			return err
		})
		if !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("a program that wants to share port %d with us: %v", port, err)
		}
	}
}
