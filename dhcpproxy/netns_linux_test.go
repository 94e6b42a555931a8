// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/dhcp6"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// answerAge is how long an answer may take on a machine that is busy with other things.
const answerAge = 2 * time.Minute

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
	machine *udp.Conn
	asked   int         // packets sent
	inside  atomic.Bool // the server is asking from within its namespace

	mu     sync.Mutex
	events []boot.Event
}

// hear is where the server's events go.
func (r *rig) hear(e boot.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// heard lists what the server told, one line for each event.
func (r *rig) heard() (lines []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		line := e.Text
		if e.Network != nil {
			line += " (" + e.Network.Rival + ")"
		}
		lines = append(lines, line)
	}
	return lines
}

// newRig prepares the server, which has the interfaces of its namespace.
func newRig(t *testing.T, l *lab.Lab) *rig {
	t.Helper()
	return newRigOn(t, l, lab.Interface)
}

// newRigOn has the machine on another device.
func newRigOn(t *testing.T, l *lab.Lab, device string) *rig {
	t.Helper()
	r := &rig{t: t}
	within := func(f func()) { // the server's namespace
		if r.inside.Load() {
			f()
			return
		}
		_ = l.Boot.Do(func() error { f(); return nil })
	}
	host := &netif.Host{
		Interfaces: func() (list []netif.Interface, err error) {
			within(func() { list, err = netif.Interfaces() })
			return list, err
		},
		Owner: func(network string, port uint16) (name string) {
			within(func() { name = netif.PortOwner(network, port) })
			return name
		},
	}
	r.server = &Server{Responder: Responder{Planner: newPlanner(t), Machines: remember()}, Tree: boot.Endpoint{Scheme: boot.HTTP, Port: 8080}, NoIPv6: true,
		Events: r.hear, Host: host}
	err := l.DHCP.Do(func() (err error) {
		r.machine, err = udp.Listen(udp.Config{Addr: unicast("0.0.0.0:68"), Device: device, Broadcast: true, PacketInfo: true})
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
	err := l.Boot.Do(func() error {
		r.inside.Store(true)
		defer r.inside.Store(false)
		return r.server.Listen()
	})
	if err != nil {
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
func (r *rig) ask(a dhcp4.Ask, to netip.AddrPort, want ...func(dhcp4.Answer, netip.AddrPort) bool) {
	r.t.Helper()
	out := []udp.Outgoing{{Remote: to, Bufs: [][]byte{a.Bytes()}}}
	in := []udp.Incoming{{Buf: make([]byte, 2048)}}
	seen := make([]bool, len(want))
	left := len(want)
	for end := time.Now().Add(answerAge); time.Now().Before(end); {
		if _, err := r.machine.Send(out); err != nil {
			r.t.Fatal(err)
		}
		r.asked++
		for again := time.Now().Add(time.Second); left > 0 && time.Now().Before(again); {
			n, err := r.machine.Recv(in, time.Until(again))
			if n == 0 || err != nil {
				continue
			}
			p, ok := dhcp4.ParseAnswer(in[0].Buf[:in[0].N])
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
	r.t.Fatalf("of %d answers to the %s, these came: %v\n%s", len(want), a.Type, seen, strings.Join(r.heard(), "\n"))
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
	ask := dhcp4.AskFor(boot.Client{MAC: machine, Class: boot.ClassPXE, Archs: []boot.Arch{boot.ArchX64}})
	var lease netip.Addr
	r.ask(ask, netip.AddrPortFrom(broadcastAddr(), portServer),
		func(p dhcp4.Answer, from netip.AddrPort) bool {
			lease = p.YIAddr
			return from == me && p.Type == dhcp4.Offer && lease.IsValid()
		},
		func(p dhcp4.Answer, from netip.AddrPort) bool {
			return from == me && p.Type == dhcp4.Offer && !p.YIAddr.IsValid() && p.Class == "PXEClient" && p.SIAddr == me.Addr() && strings.HasSuffix(p.File(), "snponly.efi")
		})
	ask.Type, ask.Server, ask.Requested = dhcp4.Request, me.Addr(), lease
	r.ask(ask, netip.AddrPortFrom(broadcastAddr(), portServer),
		func(p dhcp4.Answer, from netip.AddrPort) bool { return p.Type == dhcp4.Ack && p.YIAddr == lease })
	for _, line := range r.heard() {
		if strings.HasPrefix(line, AnsweredAck.Sentence()) {
			r.t.Errorf("a request for an address was answered by us: %s", line)
		}
	}
	ask.Requested, ask.XID = netip.Addr{}, ask.XID+1
	r.ask(ask, netip.AddrPortFrom(me.Addr(), portBINL),
		func(p dhcp4.Answer, from netip.AddrPort) bool {
			return from == netip.AddrPortFrom(me.Addr(), portBINL) && p.Type == dhcp4.Ack && strings.HasSuffix(p.File(), "snponly.efi")
		})
}

// TestVLANAndBridge: in either socket mode a machine behind a VLAN or a bridge of this host gets one offer, from the
// address there, not a second one from the port below.
func TestVLANAndBridge(t *testing.T) {
	for _, tt := range []struct {
		name, device  string
		boot, machine string // commands of ip, separated by ;
		server        string
	}{
		{"bridge", lab.Interface, "addr flush dev eth0;link add br7 type bridge stp_state 0 forward_delay 0;link set eth0 master br7;addr add 10.77.0.2/24 brd + dev br7;link set br7 up", "link set eth0 up", "10.77.0.2"},
		{"vlan", "vlan5", "link add link eth0 name vlan5 type vlan id 5;addr add 10.78.0.2/24 brd + dev vlan5;link set vlan5 up",
			"link add link eth0 name vlan5 type vlan id 5;addr add 10.78.0.1/24 brd + dev vlan5;link set vlan5 up", "10.78.0.2"},
	} {
		for name, mode := range map[string]SocketMode{"udp": SocketUDP, "packet": SocketPacket} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				l := newLab(t)
				configure(t, l.Boot, tt.boot)
				configure(t, l.DHCP, tt.machine)
				r := newRigOn(t, l, tt.device)
				r.server.Socket, r.server.Planner = mode, bySubnet{}
				r.serve(l)
				discover := dhcp4.AskFor(boot.Client{MAC: machine, Class: boot.ClassPXE, Archs: []boot.Arch{boot.ArchX64}})
				r.ask(discover, netip.AddrPortFrom(broadcastAddr(), portServer), func(p dhcp4.Answer, from netip.AddrPort) bool {
					return from.String() == tt.server+":67" && p.SIAddr == from.Addr() && p.File() == strings.TrimSuffix(tt.server, "2")+"0.efi"
				})
				if n := r.leftovers(); n != 0 {
					t.Errorf("%d more answers than questions", n)
				}
			})
		}
	}
}

// configure runs commands of ip.
func configure(t *testing.T, n *lab.Namespace, commands string) {
	t.Helper()
	for c := range strings.SplitSeq(commands, ";") {
		err := n.Run("", "ip", strings.Fields(c)...)
		if err != nil && strings.Contains(err.Error(), "Unknown device type") {
			t.Skip("NOT RUN: this kernel cannot do that:", err)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// leftovers counts what else comes within a moment, answers to repetitions aside.
func (r *rig) leftovers() (n int) {
	asked := r.asked - 1
	in := []udp.Incoming{{Buf: make([]byte, 2048)}}
	for {
		if k, err := r.machine.Recv(in, 200*time.Millisecond); k == 0 || err != nil {
			return max(0, n-asked)
		}
		n++
	}
}

// TestDHCPv6OnTheWire: the group is joined, EDK2's two exchanges and iPXE's one are answered from the right address.
func TestDHCPv6OnTheWire(t *testing.T) {
	l := newLab(t)
	r := newRig(t, l)
	r.server.NoIPv6 = false
	r.serve(l)
	conn, group := client6(t, l)
	server := netip.AddrPortFrom(lab.BootAddr6(), portBINL)
	loader := "tftp://[fd77::2]/m/52-54-00-12-34-56/snponly.efi"
	var duid []byte
	for _, step := range []struct {
		ask  func() dhcp6.Ask
		to   netip.AddrPort
		from string
		typ  string
		url  string
	}{
		{func() dhcp6.Ask { return dhcp6.Ask{Class: boot.ClassPXE, Arch: boot.ArchX64} }, group, "", "ADVERTISE", loader},
		{func() dhcp6.Ask { return dhcp6.Ask{Class: boot.ClassPXE, Arch: boot.ArchX64, Server: duid} }, server, server.String(), "REPLY", loader},
		{func() dhcp6.Ask { return dhcp6.Ask{Class: boot.ClassHTTP, Arch: boot.ArchX64HTTP} }, group, "", "ADVERTISE", "http://[fd77::2]:8080/m/52-54-00-12-34-56/snponly.efi"},
		{func() dhcp6.Ask {
			return dhcp6.Ask{Class: boot.ClassPXE, Arch: boot.ArchX64, IPXE: true, Inform: true}
		}, group, "", "REPLY", "http://[fd77::2]:8080/m/52-54-00-12-34-56/boot.ipxe"},
	} {
		a := step.ask()
		a.MAC, a.XID = machine, [3]byte{1, 2, byte(len(step.url))}
		p, from := exchangeSix(t, conn, a.Bytes(), step.to)
		if p.Type != step.typ || p.URL != step.url || step.from != "" && from.String() != step.from {
			t.Errorf("%s with %q from %s; want %s with %q from %s", p.Type, p.URL, from, step.typ, step.url, step.from)
		}
		duid = p.Server
	}
}

// client6 is a machine's DHCPv6 socket, and where it asks.
func client6(t *testing.T, l *lab.Lab) (*udp.Conn, netip.AddrPort) {
	t.Helper()
	var conn *udp.Conn
	var group netip.AddrPort
	err := l.DHCP.Do(func() error {
		i, err := net.InterfaceByName(lab.Interface)
		if err != nil {
			return err
		}
		group = unicast("[ff02::1:2%" + strconv.Itoa(i.Index) + "]:547")
		conn, err = udp.Listen(udp.Config{Addr: unicast("[::]:546"), Device: lab.Interface, PacketInfo: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, group
}

// exchangeSix sends until an answer comes.
func exchangeSix(t *testing.T, c *udp.Conn, packet []byte, to netip.AddrPort) (answer dhcp6.Answer, from netip.AddrPort) {
	t.Helper()
	asksSix(t, c, packet, to, func(p dhcp6.Answer, by string) bool {
		answer, from = p, unicast(by)
		return true
	})
	return answer, from
}

// asksSix sends until the answers are enough.
func asksSix(t *testing.T, c *udp.Conn, packet []byte, to netip.AddrPort, enough func(p dhcp6.Answer, from string) bool) {
	t.Helper()
	in, unsent := []udp.Incoming{{Buf: make([]byte, 2048)}}, error(nil)
	for end := time.Now().Add(answerAge); time.Now().Before(end); {
		if _, unsent = c.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{packet}}}); unsent != nil {
			time.Sleep(10 * time.Millisecond) // a new interface has no route to the group, and no address to ask from, for a moment
			continue
		}
		for {
			n, err := c.Recv(in, time.Second)
			if n == 0 || err != nil {
				break
			}
			if p, ok := dhcp6.ParseAnswer(in[0].Buf[:in[0].N]); ok && string(p.XID[:]) == string(packet[1:4]) && enough(p, in[0].Remote.String()) {
				return
			}
		}
	}
	t.Fatalf("no answer, or not enough of them, from %s; the last error of sending: %v", to, unsent)
}

// TestRivalOnTheSameHost: a DHCP server that names a boot file of its own is found out even where its answers only leave. That it
// says PXEClient is no fault there: it leads machines to us.
func TestRivalOnTheSameHost(t *testing.T) {
	if _, err := exec.LookPath("dnsmasq"); err != nil {
		t.Skip("NOT RUN:", err)
	}
	l := newLab(t)
	var log bytes.Buffer
	p, err := l.Boot.Start(&log, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root", "--log-facility=-", "--no-ping",
		"--interface="+lab.Interface, "--except-interface=lo", "--dhcp-leasefile="+filepath.Join(t.TempDir(), "leases"), "--pid-file=",
		"--dhcp-range=10.77.0.100,10.77.0.199,1h", "--dhcp-option-force=60,PXEClient", "--dhcp-option-force=67,own.0")
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
	ask := dhcp4.AskFor(boot.Client{MAC: machine, Class: boot.ClassPXE, Archs: []boot.Arch{boot.ArchX64}})
	rival := func(line string) bool {
		return strings.Contains(line, "boot-file") && strings.Contains(line, "Remove the boot file")
	}
	// An offer that overtakes the DISCOVER, which a busy machine lets happen, is not tied to it: machines ask more than once.
	for end := time.Now().Add(answerAge); !slices.ContainsFunc(r.heard(), rival); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not found out:\n%s", strings.Join(r.heard(), "\n"))
		}
		r.ask(ask, netip.AddrPortFrom(broadcastAddr(), portServer),
			func(p dhcp4.Answer, _ netip.AddrPort) bool {
				return p.YIAddr.IsValid() && p.Class == "PXEClient" && p.BootFile == "own.0"
			},
			func(p dhcp4.Answer, _ netip.AddrPort) bool { return !p.YIAddr.IsValid() })
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
