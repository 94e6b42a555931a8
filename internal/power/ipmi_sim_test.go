// SPDX-License-Identifier: Apache-2.0

//go:build linux

package power

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// chassisScript is what the simulator's BMC switches: a child process. It keeps what it was told.
const chassisScript = `#!/bin/sh
# called as: chassis get|set|check WHAT [VALUE] [WHAT VALUE]...
cd DIR
echo "$*" >>told
do=$1; shift
running() { [ -s pid ] && kill -0 "$(cat pid)" 2>/dev/null; }
start() { running || { sh -c 'exec MACHINE' </dev/null >/dev/null 2>&1 & echo $! >pid; }; }
stop() { running && kill "$(cat pid)"; : >pid; }
while [ $# -gt 0 ]; do
	case "$do $1" in
	"get power") running && echo power:1 || echo power:0; shift ;;
	"set power") [ "$2" = 1 ] && start || stop; shift 2 ;;
	"set reset") stop; start; shift 2 ;;
	"get boot") echo "boot:$(cat boot 2>/dev/null || echo default)"; shift ;;
	"set boot") echo "$2" >boot; shift 2 ;;
	*) shift ;;
	esac
done
exit 0
`

// simulator is Debian's ipmi_sim with one BMC, that switches a machine.
type simulator struct {
	dir  string
	addr string
}

func startSimulator(t *testing.T, machine string) *simulator {
	t.Helper()
	program, err := exec.LookPath("ipmi_sim")
	if err != nil {
		t.Skip("NOT TESTED: needs ipmi_sim of Debian's package openipmi")
	}
	s := &simulator{dir: t.TempDir(), addr: freePort(t)}
	host, port, _ := net.SplitHostPort(s.addr)
	s.write(t, "chassis", strings.NewReplacer("DIR", s.dir, "MACHINE", machine).Replace(chassisScript))
	s.write(t, "sim.emu", "mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02\nmc_enable 0x20\n")
	auths := "none md2 md5 straight"
	s.write(t, "lan.conf", fmt.Sprintf(`name "sim"
set_working_mc 0x20
  startlan 1
    addr %s %s
    priv_limit admin
    allowed_auths_callback %[3]s
    allowed_auths_user %[3]s
    allowed_auths_operator %[3]s
    allowed_auths_admin %[3]s
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "%[4]s/chassis"
  user 1 true "" "" user 10 %[3]s
  user 2 true "bootlace" "%[5]s" operator 10 %[3]s
`, host, port, auths, s.dir, password))
	cmd := exec.Command(program, "-c", s.dir+"/lan.conf", "-f", s.dir+"/sim.emu", "-s", s.dir+"/state", "-n")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if pid := s.pid(); pid > 0 {
			_ = syscall.Kill(pid, syscall.SIGKILL) // the machine, if the test left it on
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(out.String(), s.read("told"))
		}
	})
	return s
}

func (s *simulator) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func (s *simulator) read(name string) string {
	b, _ := os.ReadFile(filepath.Join(s.dir, name)) // nothing yet
	return strings.TrimSpace(string(b))
}

// pid is that of the machine while it is on, else 0.
func (s *simulator) pid() int {
	pid, _ := strconv.Atoi(s.read("pid"))
	if pid == 0 || syscall.Kill(pid, 0) != nil {
		return 0
	}
	return pid
}

func (s *simulator) target() *Target {
	at := boot.Pos{File: "hosts/h.yaml", Line: 3, Column: 9}
	return &Target{Name: "node1", Password: password, Power: boot.Power{IPMI: &boot.IPMI{
		Address: s.addr, User: "bootlace", Password: boot.Text{S: "bmc", Pos: at}, Pos: at,
	}}}
}

func freePort(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}

// up waits until the simulator answers.
func (s *simulator) up(t *testing.T) {
	t.Helper()
	var err error
	for range 300 {
		if _, err = (&Desk{}).Do(t.Context(), s.target(), Order{}); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal(err)
}

// TestIPMI switches a real process by Debian's simulator of a BMC.
func TestIPMI(t *testing.T) {
	s := startSimulator(t, "sleep 1000")
	s.up(t)
	desk := &Desk{}
	do := func(o Order, want State) {
		t.Helper()
		if got, err := desk.Do(t.Context(), s.target(), o); err != nil || got != want {
			t.Fatalf("%+v: %s, %v; want %s", o, got, err, want)
		}
	}
	do(Order{}, Off)
	do(Order{Action: TurnOn}, On)
	first := s.pid()
	if first == 0 {
		t.Fatal("nothing runs")
	}
	do(Order{Action: TurnOn}, On)
	if s.pid() != first {
		t.Error("a machine that is on was started again")
	}
	do(Order{Action: Cycle, Network: true}, On)
	if second := s.pid(); second == 0 || second == first {
		t.Errorf("cycle: %d, before %d", second, first)
	}
	if got := s.read("boot"); got != "pxe" {
		t.Errorf("the next boot is from %q", got)
	}
	do(Order{Action: TurnOff}, Off)
	if s.pid() != 0 {
		t.Error("it runs still")
	}
	do(Order{Action: Cycle}, On)
	do(Order{}, On)
}

// TestIPMIErrors: what is wrong is told with the machine, the BMC and the fix, and without the password.
func TestIPMIErrors(t *testing.T) {
	s := startSimulator(t, "sleep 1000")
	s.up(t)
	for _, tc := range []struct {
		change func(*Target)
		want   string
	}{
		{func(t *Target) { t.Password = "wrong-password" }, "wrong user or password"},
		{func(t *Target) { t.Power.IPMI.User = "nobody" }, "it lets nobody in so: 0x0d: Unauthorized name"},
		{func(t *Target) { t.Power.IPMI.Address = "127.0.0.1:9" }, "127.0.0.1:9: connection refused"},
		{func(t *Target) { t.Power.IPMI.Address = "" }, "power.ipmi.address is not said: say it at hosts/h.yaml:3:9"},
		{func(t *Target) { t.Power.IPMI.User = strings.Repeat("x", 17) }, "user name"},
	} {
		target := s.target()
		tc.change(target)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err := (&Desk{}).Do(ctx, target, Order{})
		cancel()
		if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "node1: IPMI at "+target.Power.IPMI.Address) || strings.Contains(err.Error(), target.Password) {
			t.Errorf("%v; want %s", err, tc.want)
		}
	}
}
