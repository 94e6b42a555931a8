// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestPortInUse: the line names who has the port and what to do, whatever the protocol and the family.
func TestPortInUse(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", ":0") // of both families
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	_, again := net.Listen("tcp", tcp.Addr().String())
	_, port, _ := net.SplitHostPort(udp.LocalAddr().String())
	_, again4 := net.ListenPacket("udp4", "0.0.0.0:"+port)
	for _, tt := range []struct {
		err            error
		beside, advice string
	}{
		{again, "", "stop it, or choose another with here.listen"},
		{again4, "answer beside it", "stop it, or answer beside it"},
	} {
		got := ExplainListen(fmt.Errorf("http: %w", tt.err), "here.listen", tt.beside)
		var e *ListenError
		if !errors.As(got, &e) || !errors.Is(got, syscall.EADDRINUSE) || e.Owner != fmt.Sprintf("netif.test (pid %d)", os.Getpid()) {
			t.Fatalf("%v", got)
		}
		want := fmt.Sprintf("http: %v: port %d belongs to %s: %s", tt.err, e.Port, e.Owner, tt.advice)
		if got.Error() != want || strings.Contains(want, "\n") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := PortOwner("udp", 1); got != "" {
		t.Errorf("nobody has this port: %s", got)
	}
}

// TestExplainListen: the other reasons.
func TestExplainListen(t *testing.T) {
	other := errors.New("something else")
	for _, tt := range []struct {
		err    error
		beside string
		want   string
	}{
		{syscall.EADDRNOTAVAIL, "", "no interface of this machine has that address: correct --listen"},
		{syscall.EACCES, "", "setcap cap_net_bind_service,cap_net_raw=+ep bootlace; or choose a port above 1023 with --listen"},
		{syscall.EPERM, "x", "run as root, or give the binary the right: setcap cap_net_bind_service,cap_net_raw=+ep bootlace"},
		{fs.ErrPermission, "x", "run as root"},
		{other, "", "something else"},
	} {
		got := ExplainListen(tt.err, "--listen", tt.beside)
		if !errors.Is(got, tt.err) || !strings.Contains(got.Error(), tt.want) || tt.want == other.Error() && got.Error() != tt.want {
			t.Errorf("%v: %q, want %q in it", tt.err, got, tt.want)
		}
	}
}

// TestMissing: a name that no interface has comes with those that there are.
func TestMissing(t *testing.T) {
	lo := eth("lo", 1)
	lo.Loopback = true
	m := newMachine(lo, eth("eth0", 2), eth("eth1", 3))
	m.Served = []string{"eth1", "lo"}
	if err := m.Missing("server.interfaces"); err != nil {
		t.Error(err)
	}
	m.Served = []string{"eth1", "enp3s0"}
	want := `interface "enp3s0" does not exist: choose one of eth0, eth1 with server.interfaces`
	if err := m.Missing("server.interfaces"); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
