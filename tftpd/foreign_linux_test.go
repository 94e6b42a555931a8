// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pin/tftp/v3"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// foreign are clients that others wrote. HOST, NAME and FILE are replaced.
var foreign = []struct {
	name, get, put string
	window         int  // must have been agreed
	text           bool // netascii
	noEmpty        bool // takes "tsize 0" in an OACK for an error, from every server
}{
	{name: "atftp", get: "atftp --get -r NAME -l FILE HOST 69", put: "atftp --put -r NAME -l FILE HOST 69"},
	{name: "atftp window", get: "atftp --option=blksize\\ 1468 --option=windowsize\\ 8 --get -r NAME -l FILE HOST 69", window: 8,
		put: "atftp --option=blksize\\ 1400 --option=windowsize\\ 4 --put -r NAME -l FILE HOST 69"},
	{name: "atftp netascii", get: "atftp --option=mode\\ netascii --get -r NAME -l FILE HOST 69", text: true},
	{name: "tftp-hpa", get: "tftp -m binary HOST -c get NAME FILE", put: "tftp -m binary HOST -c put FILE NAME"},
	{name: "tftp-hpa netascii", get: "tftp -m ascii HOST -c get NAME FILE", put: "tftp -m ascii HOST -c put FILE NAME", text: true},
	{name: "curl", get: "curl -sS --tftp-blksize 1024 -o FILE tftp://[HOST]/NAME", put: "curl -sS -T FILE tftp://[HOST]/NAME", noEmpty: true},
	{name: "curl without options", get: "curl -sS --tftp-no-options -o FILE tftp://[HOST]/NAME"},
	{name: "busybox", get: "busybox tftp -g -r NAME -l FILE HOST", put: "busybox tftp -p -r NAME -l FILE HOST"},
	{name: "busybox blksize", get: "busybox tftp -g -b 1400 -r NAME -l FILE HOST"},
}

// command makes a client's command line.
func (s *site) command(ctx context.Context, line, host, name, file string) *exec.Cmd {
	if !strings.Contains(host, ":") {
		line = strings.ReplaceAll(line, "[HOST]", "HOST")
	}
	args := []string{"netns", "exec", s.client}
	for _, a := range strings.Split(strings.ReplaceAll(line, `\ `, "\x00"), " ") {
		args = append(args, strings.NewReplacer("\x00", " ", "HOST", host, "NAME", name, "FILE", file).Replace(a))
	}
	return exec.CommandContext(ctx, "ip", args...)
}

// play runs a client to its end.
func (s *site) play(t *testing.T, line, host, name, file string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if out, err := s.command(ctx, line, host, name, file).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// TestForeignClients lets every client on the machine fetch and store files, over IPv4 and IPv6, from transfer ports and from
// a single port.
func TestForeignClients(t *testing.T) {
	text := strings.Repeat("a line of text\nand another\n\n", 2000)
	for _, single := range []bool{false, true} {
		t.Run(fmt.Sprintf("single port %v", single), func(t *testing.T) {
			s := newSite(t, "f")
			files := map[string]string{"empty": "", "block": string(pattern(512)), "odd": string(pattern(100_001)), "text": text}
			stored := newMemoryStore()
			srv := &Server{Opener: inMemory(files), Storer: stored, SinglePort: single}
			s.serve(srv)
			srv.knows(t, "10.99.0.10", "fd99::10")
			for _, c := range foreign {
				if _, err := exec.LookPath(strings.Fields(c.get)[0]); err != nil {
					t.Errorf("NOT TESTED: %v", err)
					continue
				}
				for family, host := range map[string]string{"4": s.addr4, "6": s.addr6} {
					t.Run(c.name+" "+family, func(t *testing.T) {
						for name, want := range files {
							if c.text != (name == "text") || c.noEmpty && name == "empty" {
								continue
							}
							file := filepath.Join(t.TempDir(), "got")
							began := time.Now()
							s.play(t, c.get, host, name, file)
							if got, err := os.ReadFile(file); string(got) != want && (err == nil || want != "") {
								t.Errorf("%s: %d bytes, want %d; %v", name, len(got), len(want), err)
							}
							if c.window > 0 {
								if r, ok := s.last(name, began); !ok || r.WindowSize != c.window {
									t.Errorf("%s: windowsize %d, want %d", name, r.WindowSize, c.window)
								}
							}
							if c.put == "" || name == "empty" {
								continue
							}
							s.store(t, c.put, host, want, stored)
						}
					})
				}
			}
		})
	}
}

// store has a client upload a file and compares what arrived.
func (s *site) store(t *testing.T, line, host, want string, stored *memoryStore) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "put")
	if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
	name := strings.NewReplacer("/", "-", " ", "-").Replace(t.Name()) + fmt.Sprint(len(want))
	s.play(t, line, host, name, file)
	got, ok := stored.text(name)
	for i := 0; !ok && i < 3000; i++ { // the client ends with the last ACK it sees, which may be before ours
		time.Sleep(20 * time.Millisecond)
		got, ok = stored.text(name)
	}
	if got != want {
		t.Errorf("%s: stored %d bytes, want %d", line, len(got), len(want))
	}
}

// TestLossOnTheWire has clients fetch and store while the kernel drops every so-many-th packet.
func TestLossOnTheWire(t *testing.T) {
	s := newSite(t, "l")
	want := pattern(500_000)
	stored := newMemoryStore()
	s.serve(&Server{Opener: inMemory(map[string]string{"big": string(want)}), Storer: stored})
	s.lose(47, 53)
	for _, host := range []string{s.addr4, s.addr6} {
		for _, line := range []string{foreign[1].get, foreign[3].get, foreign[8].get} {
			file := filepath.Join(t.TempDir(), "got")
			s.play(t, line, host, "big", file)
			if got, err := os.ReadFile(file); !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes, want %d; %v", line, len(got), len(want), err)
			}
		}
		for _, client := range []int{1, 7} { // tftp-hpa's put waits five seconds for each of its own losses, with any server
			t.Run(fmt.Sprint("put ", foreign[client].name, " ", len(host)), func(t *testing.T) { s.store(t, foreign[client].put, host, string(want[:60_000]), stored) })
		}
	}
	repeated := int64(0)
	s.mu.Lock()
	for _, r := range s.records {
		repeated += r.Retransmits
	}
	s.mu.Unlock()
	if repeated == 0 {
		t.Error("nothing was repeated: was anything lost?")
	}
}

// TestAnswersLeaveFromTheAddressAsked asks every address of a server that listens on all of them.
func TestAnswersLeaveFromTheAddressAsked(t *testing.T) {
	for _, single := range []bool{false, true} {
		t.Run(fmt.Sprintf("single port %v", single), func(t *testing.T) {
			s := newSite(t, "m")
			s.serve(&Server{Opener: inMemory(map[string]string{"a": "content"}), SinglePort: single})
			for _, host := range append([]string{s.addr4, s.addr6}, s.extra...) {
				inside(t, s.client, func() error { return askOnce(host) })
			}
		})
	}
}

// askOnce fetches a file of one block and complains about an answer from elsewhere.
func askOnce(host string) error {
	c, err := net.ListenUDP("udp", nil)
	if err != nil {
		return err
	}
	defer c.Close()
	b := make([]byte, 2048)
	for range 30 { // a minute in all: a busy machine takes its time
		if _, err := c.WriteToUDPAddrPort([]byte("\x00\x01a\x00octet\x00"), port69(host)); err != nil {
			return err
		}
		c.SetReadDeadline(time.Now().Add(2 * time.Second))
		n, from, err := c.ReadFromUDPAddrPort(b)
		if err != nil {
			continue
		}
		if got := from.Addr().Unmap().String(); got != host {
			return fmt.Errorf("asked %s, %s answered", host, got)
		}
		if string(b[:n]) != "\x00\x03\x00\x01content" {
			return fmt.Errorf("%s: %q", host, b[:n])
		}
		_, err = c.WriteToUDPAddrPort([]byte{0, proto.OpACK, 0, 1}, from)
		return err
	}
	return fmt.Errorf("no answer from %s", host)
}

// TestPinClient uses the library that most Go programs use.
func TestPinClient(t *testing.T) {
	want := pattern(300_000)
	srv := loopbackServer(t, map[string]string{"a": string(want)}, nil)
	for _, block := range []int{512, 1024, 1468} {
		c, err := tftp.NewClient(srv.LocalAddrs()[0].String())
		if err != nil {
			t.Fatal(err)
		}
		c.SetBlockSize(block)
		c.RequestTSize(true)
		from, err := c.Receive("a", "octet")
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := from.(tftp.IncomingTransfer).Size(); !ok || n != int64(len(want)) {
			t.Errorf("tsize %d, %v", n, ok)
		}
		var got bytes.Buffer
		if _, err := from.WriteTo(&got); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("blksize %d: %d bytes, %v", block, got.Len(), err)
		}
	}
}
