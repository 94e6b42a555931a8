// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// TestScripts plays the conversations in testdata/scripts. A script is lines of
//
//	file NAME SIZE                   a file that exists
//	server KEY=VALUE ...             a setting of the server
//	> PACKET                         the client sends: RRQ and WRQ to port 69, everything else to where the last answer came from
//	>N PACKET                        the same from another client (each has an address of its own)
//	>69 PACKET                       to port 69 in any case
//	< PACKET [after DURATION]        the client receives exactly this next; DURATION since the line before
//	< nothing DURATION               it receives nothing for so long
//	<! PACKET                        the same, but from another port than before
//	wait DURATION                    time passes; nothing is read
//	port N                           the client goes on from another port
//	change NAME SIZE                 the file has another content from now on
//	upload NAME SIZE                 what the client has to send; uploads are on
//	stored NAME                      it is stored, byte for byte
//	empty                            nothing is stored, not even in part
//	outcome WORDS                    the next finished transfer's outcome
//
// PACKETs are: RRQ NAME MODE [OPTION=VALUE ...], ACK N [NEXT], DATA N SIZE, OACK OPTION=VALUE ..., ERROR CODE [TEXT], HEX xx
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/scripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for part := range strings.SplitSeq(string(text), "\n---\n") {
				title := strings.TrimSpace(strings.TrimPrefix(strings.SplitN(strings.TrimSpace(part), "\n", 2)[0], "#"))
				t.Run(title, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { play(t, part) })
				})
			}
		})
	}
}

// player is a script being played.
type player struct {
	t       *testing.T
	w       *world
	line    string
	clients map[string]*scripted
	files   map[string]int64
	last    time.Time
	ended   int
	set     []func(*Server)
}

// scripted is one client of a script.
type scripted struct {
	addr  netip.Addr
	conn  *simnet.Conn
	tid   netip.AddrPort
	name  string
	block int64
}

func play(t *testing.T, text string) {
	p := &player{t: t, clients: map[string]*scripted{}, files: map[string]int64{}}
	defer func() {
		if p.w != nil {
			p.w.stop()
		}
	}()
	for i, line := range strings.Split(text, "\n") {
		p.line = fmt.Sprintf("line %d: %s", i+1, line)
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			p.do(strings.Fields(line))
		}
	}
	if p.w == nil {
		t.Fatal("a script without packets")
	}
}

func (p *player) fatal(format string, args ...any) {
	p.t.Helper()
	p.t.Fatalf("%s\n\t%s", p.line, fmt.Sprintf(format, args...))
}

func (p *player) number(s string) int64 {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		p.fatal("%v", err)
	}
	return n
}

func (p *player) duration(s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		p.fatal("%v", err)
	}
	return d
}

func (p *player) do(f []string) {
	verb := f[0]
	switch {
	case verb == "file":
		p.files[f[1]] = p.number(f[2])
	case verb == "upload":
		p.files[f[1]] = p.number(f[2])
		p.set = append(p.set, func(s *Server) {
			if s.Storer == nil {
				s.Storer = newMemoryStore()
			}
		})
	case verb == "stored":
		p.stored(f[1])
	case verb == "empty":
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if a := p.w.server.Storer.(*memoryStore); len(a.files)+a.open > 0 {
			p.fatal("stored: %d files, %d unfinished", len(a.files), a.open)
		}
	case verb == "server":
		for _, kv := range f[1:] {
			p.setting(kv)
		}
	case verb == "change":
		p.start()
		p.files[f[1]] = p.number(f[2])
		p.w.served.mu.Lock()
		p.w.served.files[f[1]] = memory(pattern(p.files[f[1]]))
		p.w.served.mu.Unlock()
	case verb == "wait":
		p.start()
		time.Sleep(p.duration(f[1]))
	case verb == "port":
		p.client("1").rebind(p, uint16(p.number(f[1])))
	case verb == "outcome":
		p.outcome(strings.Join(f[1:], " "))
	case verb[0] == '>':
		p.send(strings.TrimPrefix(verb, ">"), f[1:])
	case verb[0] == '<':
		p.receive(strings.TrimPrefix(verb, "<"), f[1:])
	default:
		p.fatal("unknown line")
	}
}

// setting changes the server before it starts.
func (p *player) setting(kv string) {
	key, value, _ := strings.Cut(kv, "=")
	p.set = append(p.set, func(s *Server) {
		switch key {
		case "single":
			s.SinglePort = true
		case "maxblock":
			s.MaxBlock = int(p.number(value))
		case "minblock":
			s.MinBlock = int(p.number(value))
		case "maxwindow":
			s.MaxWindow = int(p.number(value))
		case "broadcasts":
			s.Limits.Broadcasts = true
		case "transfers":
			s.Limits.Transfers = int(p.number(value))
		case "peraddress":
			s.Limits.PerAddress = int(p.number(value))
		case "rate":
			s.Limits.RequestRate = float64(p.number(value))
		case "network":
			s.Limits.Networks = append(s.Limits.Networks, netip.MustParsePrefix(value))
		case "exists":
			s.Storer.(*memoryStore).files[value] = nil
		case "diskfull":
			s.Storer.(*memoryStore).room = p.number(value)
		case "opendelay":
			s.Opener.(*memoryFiles).delay = p.duration(value)
		default:
			p.fatal("unknown setting %s", key)
		}
	})
}

func (p *player) stored(name string) {
	time.Sleep(time.Millisecond)
	synctest.Wait()
	a := p.w.server.Storer.(*memoryStore)
	a.mu.Lock()
	defer a.mu.Unlock()
	if want := pattern(p.files[name]); !bytes.Equal(a.files[name], want) || a.open != 0 {
		p.fatal("stored %d bytes, want %d; %d unfinished", len(a.files[name]), len(want), a.open)
	}
}

// start starts the server with the first line that needs it.
func (p *player) start() {
	if p.w != nil {
		return
	}
	p.w = newWorld(p.t, func(w *world) {
		for name, size := range p.files {
			w.served.files[name] = memory(pattern(size))
		}
		for _, set := range p.set {
			set(w.server)
		}
	})
	p.last = time.Now()
}

func (p *player) client(name string) *scripted {
	p.start()
	if name == "" {
		name = "1"
	}
	c := p.clients[name]
	if c == nil {
		c = &scripted{addr: netip.MustParseAddr("10.0.1." + name)}
		p.clients[name] = c
		c.rebind(p, 2000)
	}
	return c
}

func (c *scripted) rebind(p *player, port uint16) {
	if c.conn != nil {
		c.conn.Close()
	}
	c.conn = p.w.socket(netip.AddrPortFrom(c.addr, port).String())
	c.tid = netip.AddrPort{}
}

func (p *player) outcome(words string) {
	time.Sleep(time.Millisecond) // the last packet is still under way
	synctest.Wait()
	got := p.w.outcomes()
	if len(got) <= p.ended {
		p.fatal("no transfer has ended; so far %v", got)
	}
	if got[p.ended].String() != words {
		p.fatal("outcome %q, want %q", got[p.ended], words)
	}
	p.ended++
}

func (p *player) send(who string, f []string) {
	request := netip.MustParseAddrPort(serverAddr + ":69")
	if strings.HasPrefix(who, "bc") {
		request, who = netip.MustParseAddrPort("255.255.255.255:69"), who[2:]
	}
	to69 := who == "69"
	if to69 {
		who = ""
	}
	c := p.client(who)
	to := c.tid
	if f[0] == "RRQ" || f[0] == "WRQ" || to69 || !to.IsValid() {
		to = request
	}
	switch {
	case f[0] == "RRQ" || f[0] == "WRQ":
		c.tid, c.name = netip.AddrPort{}, f[1]
	case f[0] == "HEX":
		c.name = "a"
	}
	if _, err := c.conn.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{p.packet(c, f)}}}); err != nil {
		p.fatal("%v", err)
	}
	p.last = time.Now()
}

func (p *player) receive(who string, f []string) {
	other := strings.HasSuffix(who, "!")
	c := p.client(strings.TrimSuffix(who, "!"))
	in := []udp.Incoming{{Buf: make([]byte, 70000)}}
	if f[0] == "nothing" {
		if _, err := c.conn.Recv(in, p.duration(f[1])); !errors.Is(err, os.ErrDeadlineExceeded) {
			p.fatal("got %s", describe(in[0].Buf[:in[0].N]))
		}
		p.last = time.Now()
		return
	}
	after := time.Duration(-1)
	if n := len(f); n > 2 && f[n-2] == "after" {
		after, f = p.duration(f[n-1]), f[:n-2]
	}
	if _, err := c.conn.Recv(in, 100*time.Second); err != nil {
		p.fatal("got nothing: %v", err)
	}
	got, want := in[0].Buf[:in[0].N], p.packet(c, f)
	if !bytes.Equal(got, want) && !sameError(got, want) {
		p.fatal("got %s\n\twant %s", describe(got), describe(want))
	}
	if took := time.Since(p.last); after >= 0 && (took < after || took > after+after/8+5*time.Millisecond) {
		p.fatal("came after %v", took)
	}
	if from := in[0].Remote; c.tid.IsValid() && (from != c.tid) != other {
		p.fatal("came from %v, the transfer's port is %v", from, c.tid)
	}
	c.tid = in[0].Remote
	p.last = time.Now()
}

// sameError ignores the text of an ERROR when the script gives none.
func sameError(got, want []byte) bool {
	return proto.Opcode(want) == proto.OpERROR && len(want) == 5 && proto.Opcode(got) == proto.OpERROR && len(got) > 4 && got[3] == want[3]
}

// packet builds what a line describes.
func (p *player) packet(c *scripted, f []string) []byte {
	switch f[0] {
	case "RRQ", "WRQ":
		op := map[string]byte{"RRQ": proto.OpRRQ, "WRQ": proto.OpWRQ}[f[0]]
		return append([]byte{0, op}, options(append([]string{f[1] + "=" + f[2]}, f[3:]...))...)
	case "OACK":
		return append([]byte{0, proto.OpOACK}, options(f[1:])...)
	case "ACK":
		b := binary.BigEndian.AppendUint16([]byte{0, proto.OpACK}, uint16(p.number(f[1])))
		for _, next := range f[2:] {
			b = append(b, byte(p.number(next)))
		}
		return b
	case "DATA":
		return p.data(c, p.number(f[1]), p.number(f[2]))
	case "ERROR":
		return proto.ErrorPacket(Code(p.number(f[1])), strings.Join(f[2:], " "))
	case "HEX":
		var b []byte
		fmt.Sscanf(strings.Join(f[1:], ""), "%x", &b)
		return b
	}
	p.fatal("unknown packet %s", f[0])
	return nil
}

// data is a block of the file: N is counted without wrapping, and the first block tells the size of all but the last.
func (p *player) data(c *scripted, n, size int64) []byte {
	if n == 1 {
		c.block = size
	}
	off := (n - 1) * c.block
	return append(binary.BigEndian.AppendUint16([]byte{0, proto.OpDATA}, uint16(n)), pattern(p.files[c.name])[off:off+size]...)
}

func options(pairs []string) []byte {
	var b []byte
	for _, kv := range pairs {
		k, v, _ := strings.Cut(kv, "=")
		b = append(append(append(append(b, k...), 0), v...), 0)
	}
	return b
}

// describe tells a packet in a script's words.
func describe(b []byte) string {
	if len(b) < 4 {
		return fmt.Sprintf("HEX %x", b)
	}
	n := binary.BigEndian.Uint16(b[2:])
	switch proto.Opcode(b) {
	case proto.OpDATA:
		return fmt.Sprintf("DATA %d %d", n, len(b)-4)
	case proto.OpACK:
		return fmt.Sprintf("ACK %d %x", n, b[4:])
	case proto.OpERROR:
		return fmt.Sprintf("ERROR %d %q", n, b[4:])
	case proto.OpOACK:
		return fmt.Sprintf("OACK %q", b[2:])
	}
	return fmt.Sprintf("HEX %x", b)
}
