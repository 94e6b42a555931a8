// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

const (
	crowdSockets   = 40
	crowdPerSocket = 250 // addresses 127.1.0.1 to .250
)

// TestTenThousandAtOnce has 10,000 clients in the middle of a transfer at the same time, at the program as it is shipped: all get
// all of it, and the server's memory stays below 256 MiB. How long it takes decides nothing.
func TestTenThousandAtOnce(t *testing.T) {
	want := pattern(10 * 1468) // the last block is empty
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "image"), want, 0o644); err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(t.TempDir(), "bootlace")
	build := exec.Command("go", "build", "-o", exe, "../cmd/bootlace")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(exe, "tftp", "serve", "--root", root, "--listen", "127.0.0.1:0")
	logs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	lines := bufio.NewScanner(logs)
	if !lines.Scan() {
		t.Fatal("it says nothing")
	}
	server := netip.MustParseAddrPort(regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(lines.Text()))
	go func() {
		for lines.Scan() { // a full pipe would stop it
		}
	}()
	var all sync.WaitGroup
	under := make(chan struct{}) // closed when every client has its first block
	var ready sync.WaitGroup
	ready.Add(crowdSockets)
	for range crowdSockets {
		all.Go(func() {
			var once sync.Once
			defer once.Do(ready.Done)
			if err := crowd(server, want, func() { once.Do(ready.Done); <-under }); err != nil {
				t.Error(err)
			}
		})
	}
	ready.Wait()
	close(under)
	all.Wait()
	if rss := peakRSS(t, cmd.Process.Pid); rss > 256<<20 {
		t.Errorf("the server took %d MiB", rss>>20)
	} else {
		t.Logf("%d MiB", rss>>20)
	}
}

// crowd runs the clients of one socket. When all have their first block it calls halfway, then lets them go on.
func crowd(server netip.AddrPort, want []byte, halfway func()) error {
	c, err := udp.Listen(udp.Config{Addr: netip.MustParseAddrPort("0.0.0.0:0"), PacketInfo: true, ReadBuffer: 8 << 20})
	if err != nil {
		return err
	}
	defer c.Close()
	p := &crowdPart{conn: c, server: server, want: want}
	if err := p.until(1); err != nil {
		return err
	}
	halfway()
	return p.until(int64(len(want)/1468 + 1))
}

type crowdPart struct {
	conn   *udp.Conn
	server netip.AddrPort
	want   []byte
	got    [crowdPerSocket]int64 // blocks
	tid    [crowdPerSocket]netip.AddrPort
}

// until goes on until every client has so many blocks.
func (p *crowdPart) until(goal int64) error {
	in := make([]udp.Incoming, udp.MaxBatch)
	for i := range in {
		in[i].Buf = make([]byte, 2048)
	}
	for silent := 0; ; {
		behind := p.behind(goal)
		if behind == 0 {
			return nil
		}
		if silent++; silent > 60 {
			return fmt.Errorf("%d clients wait for block %d", behind, goal)
		}
		asked := 0
		for i := range p.got { // begin, or say again what the server may not have heard
			if p.got[i] < goal {
				p.say(i)
				if asked++; asked%50 == 0 {
					if err := p.hear(in, goal, 20*time.Millisecond, &silent); err != nil {
						return err
					}
				}
			}
		}
		if err := p.hear(in, goal, time.Second, &silent); err != nil {
			return err
		}
	}
}

// behind counts the clients that have fewer blocks.
func (p *crowdPart) behind(goal int64) (n int) {
	for i := range p.got {
		if p.got[i] < goal {
			n++
		}
	}
	return n
}

// hear takes what comes until nothing new comes for a while, or nobody waits.
func (p *crowdPart) hear(in []udp.Incoming, goal int64, quiet time.Duration, silent *int) error {
	for last := time.Now(); p.behind(goal) > 0 && time.Since(last) < quiet; {
		n, err := p.conn.Recv(in, quiet)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, d := range in[:n] {
			i, b := int(d.Local.As4()[3])-1, d.Buf[:d.N]
			switch {
			case i < 0 || i >= crowdPerSocket || proto.Opcode(b) == proto.OpOACK && p.tid[i].IsValid():
			case proto.Opcode(b) == proto.OpOACK:
				p.tid[i] = d.Remote
				p.say(i)
			case proto.Opcode(b) == proto.OpERROR && binary.BigEndian.Uint16(b[2:]) == uint16(CodeUnknownTID):
				if d.Remote == p.tid[i] { // a late copy of its request began anew: so does it
					p.tid[i], p.got[i] = netip.AddrPort{}, 0
				}
			case proto.Opcode(b) != proto.OpDATA:
				return fmt.Errorf("%s: %s", d.Local, describe(b))
			case d.Remote == p.tid[i] && binary.BigEndian.Uint16(b[2:]) == uint16(p.got[i]+1):
				from := min(int(p.got[i])*1468, len(p.want))
				if !bytes.Equal(b[4:], p.want[from:min(from+1468, len(p.want))]) {
					return fmt.Errorf("%s: block %d is wrong", d.Local, p.got[i]+1)
				}
				p.got[i]++
				*silent, last = 0, time.Now()
				if p.got[i] < goal || p.got[i] > 1 {
					p.say(i)
				}
			}
		}
	}
	return nil
}

// say sends a client's request or its latest ACK.
func (p *crowdPart) say(i int) {
	to, b := p.tid[i], binary.BigEndian.AppendUint16([]byte{0, proto.OpACK}, uint16(p.got[i]))
	if !to.IsValid() {
		to, b = p.server, append([]byte{0, proto.OpRRQ}, options([]string{"image=octet", "blksize=1468"})...)
	}
	p.conn.Send([]udp.Outgoing{{Remote: to, Local: netip.AddrFrom4([4]byte{127, 1, 0, byte(i + 1)}), Bufs: [][]byte{b}}})
}

// peakRSS is the most memory a process ever had.
func peakRSS(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		t.Fatal("no VmHWM")
	}
	kb, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}
