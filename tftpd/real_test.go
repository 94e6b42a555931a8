// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// loopbackServer serves files from a directory on a real socket of the loopback interface.
func loopbackServer(t *testing.T, files map[string]string, set func(*Server)) *Server {
	t.Helper()
	dir, err := OpenDir(tree(t, files))
	if err != nil {
		t.Fatal(err)
	}
	srv := &Server{Opener: dir, Addrs: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}}
	if set != nil {
		set(srv)
	}
	if err := srv.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- srv.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		dir.Close()
	})
	return srv
}

// TestSparseTerabyte reads the start of a file of 1 TiB, beyond block 65535, and compares sizes and numbers.
func TestSparseTerabyte(t *testing.T) {
	root := tree(t, map[string]string{"x": ""})
	for name, size := range map[string]int64{"tebi": 1 << 40, "over4g": 5<<30 + 1} {
		f, err := os.Create(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(size); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	dir, err := OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	srv := loopbackServer(t, nil, func(s *Server) { s.Opener, s.MinBlock, s.MaxWindow = dir, 8, 128 })
	for name, size := range map[string]int64{"tebi": 1 << 40, "over4g": 5<<30 + 1} {
		c, err := udp.Listen(udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0"), ReadBuffer: 4 << 20})
		if err != nil {
			t.Fatal(err)
		}
		readPast(t, c, srv.LocalAddrs()[0], name, size)
		c.Close()
	}
}

// readPast reads 70,000 blocks of 8 bytes, all zero, in windows.
func readPast(t *testing.T, c *udp.Conn, server netip.AddrPort, name string, size int64) {
	t.Helper()
	send := func(to netip.AddrPort, b []byte) {
		if _, err := c.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{b}}}); err != nil {
			t.Fatal(err)
		}
	}
	send(server, append([]byte{0, opRRQ}, options([]string{name + "=octet", "tsize=0", "blksize=8", "windowsize=128"})...))
	in := make([]udp.Incoming, udp.MaxBatch)
	for i := range in {
		in[i].Buf = make([]byte, 256)
	}
	const goal = 70_000
	got, tid := int64(0), netip.AddrPort{}
	for got < goal {
		n, err := c.Recv(in, 20*time.Second)
		if err != nil {
			t.Fatalf("%s: after block %d: %v", name, got, err)
		}
		for _, p := range in[:n] {
			b := p.Buf[:p.N]
			tid = p.Remote
			switch opcode(b) {
			case opOACK:
				if v := parseOptions(b[2:])[0].Value; v != strconv.FormatInt(size, 10) {
					t.Fatalf("%s: tsize %s, want %d", name, v, size)
				}
				send(tid, []byte{0, opACK, 0, 0})
			case opDATA:
				if binary.BigEndian.Uint16(b[2:]) == uint16(got+1) {
					got++
					if string(b[4:]) != "\x00\x00\x00\x00\x00\x00\x00\x00" {
						t.Fatalf("%s: block %d is %x", name, got, b[4:])
					}
				}
				if got%128 == 0 && binary.BigEndian.Uint16(b[2:]) == uint16(got) {
					send(tid, binary.BigEndian.AppendUint16([]byte{0, opACK}, uint16(got)))
				}
			default:
				t.Fatalf("%s: %s", name, describe(b))
			}
		}
	}
	send(tid, errorPacket(CodeUndefined, "enough"))
}
