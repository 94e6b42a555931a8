// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"
)

// listenPackets opens a packet socket, which only root may.
func listenPackets(t *testing.T, cfg PacketConfig) *PacketConn {
	t.Helper()
	c, err := ListenPackets(cfg)
	if errors.Is(err, os.ErrPermission) {
		t.Skip("NOT RUN: packet sockets need root:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// receive waits for one datagram.
func receive(t *testing.T, c interface {
	Recv([]Incoming, time.Duration) (int, error)
}) Incoming {
	t.Helper()
	in := []Incoming{{Buf: make([]byte, 1500)}}
	for {
		n, err := c.Recv(in, 30*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			return in[0]
		}
	}
}

// TestPacketsBesideAPort: both who has the port and who reads beside it get a datagram, and both answer from that port;
// the kernel accepts the headers and checksums that are made here.
func TestPacketsBesideAPort(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		t.Run(host, func(t *testing.T) {
			me := netip.MustParseAddr(host)
			owner, err := Listen(Config{Addr: netip.AddrPortFrom(me, 0)})
			if err != nil {
				t.Skip("NOT RUN:", err)
			}
			defer owner.Close()
			client, err := Listen(Config{Addr: netip.AddrPortFrom(me, 0)})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			beside := listenPackets(t, PacketConfig{Port: owner.LocalAddr().Port(), IPv6: me.Is6(), ReadBuffer: 1 << 16})
			for _, text := range []string{"odd", "even", ""} {
				if _, err := client.Send([]Outgoing{{Remote: owner.LocalAddr(), Bufs: [][]byte{[]byte(text)}}}); err != nil {
					t.Fatal(err)
				}
				if in := receive(t, owner); string(in.Buf[:in.N]) != text {
					t.Errorf("who has the port got %q", in.Buf[:in.N])
				}
				in := receive(t, beside)
				if string(in.Buf[:in.N]) != text || in.Remote != client.LocalAddr() || in.Local != me || in.Interface == 0 || in.Broadcast || in.Truncated {
					t.Errorf("%q, %+v", in.Buf[:in.N], in)
				}
				if _, err := beside.Send([]Outgoing{{Remote: in.Remote, Local: in.Local, Interface: in.Interface, Bufs: [][]byte{[]byte("answer to "), []byte(text)}}}); err != nil {
					t.Fatal(err)
				}
				if in := receive(t, client); string(in.Buf[:in.N]) != "answer to "+text || in.Remote != owner.LocalAddr() {
					t.Errorf("the client got %q from %v", in.Buf[:in.N], in.Remote)
				}
			}
			if n, err := beside.Recv([]Incoming{{Buf: make([]byte, 1500)}}, 50*time.Millisecond); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%d more datagrams, %v: answers must not come back", n, err)
			}
			if _, err := beside.Send([]Outgoing{{Remote: client.LocalAddr(), Bufs: [][]byte{nil}}}); err == nil {
				t.Error("a source address is needed")
			}
			if err := beside.Close(); err != nil {
				t.Error(err)
			}
			if _, err := beside.Recv([]Incoming{{Buf: make([]byte, 1500)}}, Forever); !errors.Is(err, net.ErrClosed) {
				t.Errorf("after Close: %v", err)
			}
		})
	}
}

// TestPacketsThatLeave: what this host sends is heard by who asks for that, from when he asks.
func TestPacketsThatLeave(t *testing.T) {
	me := netip.MustParseAddr("127.0.0.1")
	owner, err := Listen(Config{Addr: netip.AddrPortFrom(me, 0)})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	sent := listenPackets(t, PacketConfig{Port: owner.LocalAddr().Port(), Sent: true, Deaf: true})
	send := func(text string) {
		t.Helper()
		if _, err := owner.Send([]Outgoing{{Remote: owner.LocalAddr(), Bufs: [][]byte{[]byte(text)}}}); err != nil {
			t.Fatal(err)
		}
	}
	send("not heard")
	if err := sent.Hear(); err != nil {
		t.Fatal(err)
	}
	send("heard")
	if in := receive(t, sent); string(in.Buf[:in.N]) != "heard" || in.Remote != owner.LocalAddr() {
		t.Errorf("%q from %v", in.Buf[:in.N], in.Remote)
	}
}
