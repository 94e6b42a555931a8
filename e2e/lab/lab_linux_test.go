// SPDX-License-Identifier: Apache-2.0

package lab_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/trace"
)

const helperEnv = "BOOTLACE_LAB_HELPER"

func TestMain(m *testing.M) {
	if os.Getenv(helperEnv) != "" {
		os.Exit(helper())
	}
	os.Exit(m.Run())
}

// helper makes a lab with a program in every host, says their process ids, and waits to be killed.
func helper() int {
	l, err := lab.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for _, n := range []*lab.Namespace{l.Switch, l.DHCP, l.Boot} {
		p, err := n.Start(os.Stderr, "sleep", "600")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Println(p.PID())
	}
	select {}
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("NOT RUN: network namespaces need root")
	}
}

func newLab(t *testing.T) *lab.Lab {
	t.Helper()
	needRoot(t)
	l, err := lab.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// Even after SIGKILL, when nothing of ours can clean up, no program of the lab goes on.
func TestNothingIsLeftAfterKill(t *testing.T) {
	needRoot(t)
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), helperEnv+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pids []string
	for s := bufio.NewScanner(out); len(pids) < 3 && s.Scan(); {
		pids = append(pids, s.Text())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if len(pids) != 3 {
		t.Fatalf("the lab did not come up: programs %v", pids)
	}
	for _, pid := range pids {
		waitGone(t, pid)
	}
}

func waitGone(t *testing.T, pid string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil || bytes.Contains(stat, []byte(") Z ")) { // a zombie is dead; who adopted it has not looked yet
			return
		}
	}
	t.Errorf("process %s still runs", pid)
}

// Packets between the hosts pass the switch, its capture sees them, and its loss takes the share it should.
func TestSwitch(t *testing.T) {
	l := newLab(t)
	if err := l.Loss(10); err != nil {
		t.Fatal(err)
	}
	server := listen(t, l.Boot, "10.77.0.2:5000")
	capture, err := l.Switch.NewCapture("to-boot", nil)
	if err != nil {
		t.Fatal(err)
	}
	const sent = 200
	send(t, l.DHCP, "10.77.0.2:5000", sent)
	if got := receive(t, server); got != sent*9/10 {
		t.Errorf("received %d of %d datagrams, want nine of ten", got, sent)
	}
	if err := l.Loss(0); err != nil {
		t.Fatal(err)
	}
	send(t, l.DHCP, "10.77.0.2:5000", sent)
	if got := receive(t, server); got != sent {
		t.Errorf("received %d of %d datagrams after the loss was ended", got, sent)
	}
	tr, err := capture.Stop()
	if err != nil {
		t.Fatal(err)
	}
	if tr.Frames < sent*19/10 || tr.Lost != 0 {
		t.Errorf("captured %d frames and lost %d, want %d and more", tr.Frames, tr.Lost, sent*19/10)
	}
}

func listen(t *testing.T, n *lab.Namespace, addr string) net.PacketConn {
	t.Helper()
	var conn net.PacketConn
	if err := n.Do(func() (err error) { conn, err = net.ListenPacket("udp4", addr); return err }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func send(t *testing.T, n *lab.Namespace, addr string, count int) {
	t.Helper()
	if err := n.Do(func() error {
		conn, err := net.Dial("udp4", addr)
		if err != nil {
			return err
		}
		defer conn.Close()
		for range count {
			if _, err := conn.Write([]byte("hello")); err != nil {
				return err
			}
		}
		_, err = conn.Write([]byte("end"))
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// receive counts datagrams until none has come for a while: the one that says "end" may be lost.
func receive(t *testing.T, conn net.PacketConn) int {
	t.Helper()
	buf := make([]byte, 100)
	for n := 0; ; {
		if err := conn.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
			t.Fatal(err)
		}
		size, _, err := conn.ReadFrom(buf)
		if err != nil {
			return n
		}
		if string(buf[:size]) == "hello" {
			n++
		}
	}
}

// The plain DHCP servers come up in a namespace and hold their port; Stop ends them.
func TestPlainDHCP(t *testing.T) {
	l := newLab(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, server := range []lab.DHCPServer{lab.ISC, lab.Dnsmasq} {
		t.Run(string(server), func(t *testing.T) {
			if _, err := exec.LookPath(map[lab.DHCPServer]string{lab.ISC: "dhcpd", lab.Dnsmasq: "dnsmasq"}[server]); err != nil {
				t.Skip("NOT RUN:", err)
			}
			var log bytes.Buffer
			p, err := l.DHCP.StartDHCP(ctx, t.TempDir(), lab.DHCPAddr(), lab.DHCPOptions{Server: server, NextServer: true}, &log)
			if err != nil {
				t.Fatalf("%v\n%s", err, &log)
			}
			if err := p.Stop(); err != nil {
				t.Error(err)
			}
			if ports, err := l.DHCP.Ports(); err != nil || ports["udp/67"] {
				t.Errorf("port 67 is still bound (%v)", err)
			}
		})
	}
}

// A program that does not heed SIGTERM is killed, and Stop says so.
func TestStopKills(t *testing.T) {
	l := newLab(t)
	var out syncBuffer
	p, err := l.Boot.Start(&out, "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done")
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); out.String() == "" && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if err := p.Stop(); err == nil || !strings.Contains(err.Error(), "was killed") {
		t.Errorf("got %v, want that it was killed", err)
	}
	if how := p.Ending(); how != "signal: killed" {
		t.Errorf("it ended by %q", how)
	}
	if err := syscall.Kill(p.PID(), 0); err == nil {
		t.Error("it still runs")
	}
}

func TestWaitPortsSaysWhatEnded(t *testing.T) {
	l := newLab(t)
	p, err := l.Boot.Start(os.Stderr, "sh", "-c", "exit 3")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Boot.WaitPorts(t.Context(), p, "udp/69"); err == nil || !strings.Contains(err.Error(), "ended before it bound udp/69: exit status 3") {
		t.Errorf("got %v", err)
	}
}

// A capture can be looked at while it runs.
func TestCaptureLook(t *testing.T) {
	l := newLab(t)
	c, err := l.Switch.NewCapture("to-dhcp", nil)
	if err != nil {
		t.Fatal(err)
	}
	send(t, l.DHCP, "10.77.0.9:69", 1) // nobody is there: ARP is seen
	frames := 0
	for end := time.Now().Add(30 * time.Second); frames == 0 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		c.Look(func(tr *trace.Trace) { frames = tr.Frames })
	}
	if _, err := c.Stop(); err != nil || frames == 0 {
		t.Errorf("%d frames, %v", frames, err)
	}
}
