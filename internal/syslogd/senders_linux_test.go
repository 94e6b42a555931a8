// SPDX-License-Identifier: Apache-2.0

package syslogd

import (
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// receiver is a server on loopback.
func receiver(t *testing.T) (port string, next func() boot.Event) {
	t.Helper()
	events := make(chan boot.Event, 100)
	s := &Server{Addrs: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}, Machines: rack{"127.0.0.1": "here"}, Events: func(e boot.Event) { events <- e }}
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(t.Context()) }()
	t.Cleanup(func() {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	_, port, _ = strings.Cut(s.LocalAddrs()[0].String(), ":")
	return port, func() boot.Event {
		t.Helper()
		select {
		case e := <-events:
			return e
		case <-time.After(time.Minute):
			t.Fatal("no line came")
			return boot.Event{}
		}
	}
}

// TestLogger: logger(1) of util-linux in both of its forms.
func TestLogger(t *testing.T) {
	program, err := exec.LookPath("logger")
	if err != nil {
		t.Skip("logger(1) is not installed")
	}
	port, next := receiver(t)
	for flag, form := range map[string]string{"--rfc3164": "rfc3164", "--rfc5424": "rfc5424"} {
		out, err := exec.Command(program, "--udp", "--server", "127.0.0.1", "--port", port, flag, "--tag", "installer", "--priority", "daemon.err", "it  says: [no] \x1b[1mthing\x1b[m").CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if e := next(); e.Text != "installer: it  says: [no] thing" || *e.Log != (boot.LogLine{Form: form, Program: "installer", Severity: "err"}) || e.Host != "here" {
			t.Errorf("%s: %q %+v", flag, e.Text, e.Log)
		}
	}
}

// TestLoggerOfTheManual runs the command that docs/machines.md prints.
func TestLoggerOfTheManual(t *testing.T) {
	if _, err := exec.LookPath("logger"); err != nil {
		t.Skip("logger(1) is not installed")
	}
	page, err := os.ReadFile("../../docs/machines.md")
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile("`(logger [^`]*)`").FindStringSubmatch(string(page))
	if command == nil {
		t.Fatal("docs/machines.md has no such command")
	}
	port, next := receiver(t)
	out, err := exec.Command("sh", "-c", strings.Replace(command[1], "SERVER", "127.0.0.1 --port "+port, 1)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if e := next(); !strings.HasSuffix(e.Text, ": half way") {
		t.Errorf("%q", e.Text)
	}
}

// TestBusybox: busybox's syslogd passes on what its logger says, as in Debian's installer.
func TestBusybox(t *testing.T) {
	program, err := exec.LookPath("busybox")
	if err != nil || os.Getuid() != 0 {
		t.Skip("busybox is not installed, or we are not root: it needs a /dev/log of its own")
	}
	root := t.TempDir()
	copyProgram(t, program, filepath.Join(root, "busybox"))
	if err := os.Mkdir(filepath.Join(root, "dev"), 0o755); err != nil {
		t.Fatal(err)
	}
	port, next := receiver(t)
	within := func(args ...string) *exec.Cmd {
		c := exec.Command("/busybox", args...)
		c.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
		c.Dir = "/"
		return c
	}
	daemon := within("syslogd", "-n", "-O", "/log", "-R", "127.0.0.1:"+port)
	if err := daemon.Start(); err != nil {
		t.Skipf("busybox does not start in a directory of its own: %v", err)
	}
	defer func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	}()
	for range 1200 { // until it listens
		if _, err := os.Stat(filepath.Join(root, "dev/log")); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if out, err := within("logger", "-t", "main-menu[205]", "-p", "daemon.info", "INFO: Menu item 'partman-base' selected").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if e := next(); e.Text != "main-menu: INFO: Menu item 'partman-base' selected" || *e.Log != (boot.LogLine{Form: "rfc3164", Program: "main-menu", Severity: "info"}) {
		t.Errorf("%q %+v", e.Text, e.Log)
	}
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
