// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// usersOf lists the users that the threads of a process are: real, effective, saved and of the file system.
func usersOf(t *testing.T, pid int) string {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(tasks) == 0 {
		t.Fatal(tasks, err)
	}
	users := map[string]bool{}
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if err != nil {
			continue // a thread that has ended
		}
		users[string(regexp.MustCompile(`(?m)^Uid:.*$|^Groups:.*$`).Find(text))] = true
	}
	return fmt.Sprint(users)
}

// TestTFTPServeDropsPrivileges: started as root it serves and stores as nobody, or as who it is told, or says what is to be done.
func TestTFTPServeDropsPrivileges(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: needs root, to give it up")
	}
	exe, root, up := program(t), t.TempDir(), writable(t)
	if err := os.WriteFile(filepath.Join(root, "a"), []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	for user, uid := range map[string]string{"nobody": "65534", "root": "0"} {
		server, addr := tftpServer(t, exe, "--root", root, "--uploads", up, "--user", user)
		if got, want := usersOf(t, server.Process.Pid), fmt.Sprintf("map[Uid:\t%[1]s\t%[1]s\t%[1]s\t%[1]s:true]", uid); got != want {
			t.Errorf("--user %s is %s, want %s", user, got, want)
		}
		if code, out, stderr := bootlace(t, "", "tftp", "get", addr, "a", "-o", "-"); code != exitOK || out != "text" {
			t.Errorf("--user %s: get: %d, %q, %s", user, code, out, stderr)
		}
		if code, _, stderr := bootlace(t, "x", "tftp", "put", addr, user, "-i", "-"); code != exitOK {
			t.Errorf("--user %s: put: %d, %s", user, code, stderr)
		}
	}
	if err := os.Chmod(up, 0o755); err != nil {
		t.Fatal(err)
	}
	private := filepath.Join(t.TempDir(), "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"user nobody cannot read --root " + private: {"--root", private},
		"user nobody cannot write to --uploads":     {"--root", root, "--uploads", up},
		"--user: user: unknown user nosuchuser":     {"--root", root, "--user", "nosuchuser"},
	} {
		out, err := exec.Command(exe, append([]string{"tftp", "serve", "--listen", "127.0.0.1:0"}, args...)...).CombinedOutput()
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.ExitCode() != exitSystem || !strings.Contains(string(out), want) || strings.Contains(string(out), "serving TFTP") {
			t.Errorf("%v: %v, %s", args, err, out)
		}
	}
}

// TestTFTPServeSignals: SIGHUP leaves the server alone, and SIGTERM tells who it is serving.
func TestTFTPServeSignals(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "a"), make([]byte, 5000), 0o644); err != nil {
		t.Fatal(err)
	}
	server, addr := tftpServer(t, program(t), "--root", root)
	to, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	client, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	b := make([]byte, 600)
	receive := func() (string, net.Addr) {
		t.Helper()
		client.SetReadDeadline(time.Now().Add(time.Minute))
		n, from, err := client.ReadFrom(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:n]), from
	}
	if err := server.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	client.WriteTo([]byte("\x00\x01a\x00octet\x00"), to)
	_, tid := receive() // so it is alive
	client.WriteTo([]byte("\x00\x04\x00\x01"), tid)
	if got, _ := receive(); !strings.HasPrefix(got, "\x00\x03\x00\x02") {
		t.Fatalf("the second block is %.10q", got)
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for {
		got, from := receive()
		if strings.HasPrefix(got, "\x00\x03") {
			continue // a repetition
		}
		if got != "\x00\x05\x00\x00Server is shutting down\x00" || from.String() != tid.String() {
			t.Fatalf("%q from %v", got, from)
		}
		break
	}
	if err := server.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
