// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
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

// program builds the real thing, as it is shipped.
func program(t *testing.T) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "bootlace")
	cmd := exec.Command("go", "build", "-o", exe, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return exe
}

// tftpServer starts the plain server on a free port and gives its address.
func tftpServer(t *testing.T, exe string, args ...string) (cmd *exec.Cmd, addr string) {
	t.Helper()
	cmd = exec.Command(exe, append([]string{"tftp", "serve", "--listen", "127.0.0.1:0"}, args...)...)
	logs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(logs)
	listen := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	for lines.Scan() {
		if a := listen.FindString(lines.Text()); a != "" {
			go func() {
				for lines.Scan() { // nobody must wait for a full pipe
				}
			}()
			return cmd, a
		}
	}
	t.Fatal("the server ended without saying where it listens")
	return nil, ""
}

// bootlace runs the program in this process.
func bootlace(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// writable makes a directory that the server may write to, whoever it becomes.
func writable(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTFTPGetAndPut(t *testing.T) {
	root, up := t.TempDir(), writable(t)
	want := strings.Repeat("what is served\n", 10_000)
	if err := os.WriteFile(filepath.Join(root, "File"), []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
	_, addr := tftpServer(t, program(t), "--root", root, "--uploads", up, "--uploads-max-file", "200000", "--fold-case", "--remap", "^old/=")
	t.Chdir(t.TempDir())
	for _, tt := range []struct {
		name   string
		args   []string
		stdin  string
		code   int
		stdout string
		stderr string
		file   string // must hold want
	}{
		{"into a file", []string{"get", addr, "File"}, "", exitOK, "", "", "File"},
		{"to standard output", []string{"get", addr, "File", "-o", "-"}, "", exitOK, want, "", ""},
		{"in small blocks", []string{"get", addr, "file", "-o", "small", "--blksize", "600"}, "", exitOK, "", "", "small"},
		{"without options", []string{"get", addr, "file", "-o", "plain", "--blksize", "512"}, "", exitOK, "", "", "plain"},
		{"netascii", []string{"get", addr, "file", "-o", "text", "--netascii"}, "", exitOK, "", "", "text"},
		{"by a rule and backslashes", []string{"get", addr, `\old\FILE`, "-o", "remapped"}, "", exitOK, "", "", "remapped"},
		{"no such file", []string{"get", addr, "nope"}, "", exitFailed, "", "the server has no such file (error 1", ""},
		{"not allowed", []string{"get", addr, "../x", "-o", "x"}, "", exitFailed, "", "the server does not allow it (error 2", ""},
		{"not writable", []string{"get", addr, "File", "-o", "no/such/dir"}, "", exitSystem, "", "no such file", ""},
		{"put a file", []string{"put", addr, "stored", "-i", "File"}, "", exitOK, "", "", filepath.Join(up, "stored")},
		{"put standard input", []string{"put", addr, "input", "-i", "-"}, want, exitOK, "", "", filepath.Join(up, "input")},
		{"put it again", []string{"put", addr, "stored", "-i", "File"}, "", exitFailed, "", "the server has that file already (error 6", ""},
		{"put too much", []string{"put", addr, "much", "-i", "-"}, want + want, exitFailed, "", "disk or quota is full (error 3", ""},
		{"put climbs", []string{"put", addr, "../much", "-i", "File"}, "", exitFailed, "", "does not allow it (error 2", ""},
		{"unknown host", []string{"get", "no.such.host.invalid", "a"}, "", exitSystem, "", "no.such.host.invalid", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := bootlace(t, tt.stdin, append([]string{"tftp"}, tt.args...)...)
			if code != tt.code || stdout != tt.stdout || !strings.Contains(stderr, tt.stderr) || tt.stderr == "" && stderr != "" {
				t.Errorf("exit %d, want %d; %d bytes of output; stderr %q", code, tt.code, len(stdout), stderr)
			}
			if tt.file != "" {
				if got, err := os.ReadFile(tt.file); err != nil || string(got) != want {
					t.Errorf("%s: %d bytes, %v", tt.file, len(got), err)
				}
			}
		})
	}
	for _, pattern := range []string{".tftp-*", filepath.Join(up, ".upload-*"), "nope"} {
		if left, err := filepath.Glob(pattern); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	}
}

// TestTFTPUploadsAreOff is the default.
func TestTFTPUploadsAreOff(t *testing.T) {
	_, addr := tftpServer(t, program(t), "--root", t.TempDir())
	if code, _, stderr := bootlace(t, "x", "tftp", "put", addr, "a", "-i", "-"); code != exitFailed || !strings.Contains(stderr, "error 2") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}

// TestTFTPKilled ends the server in the middle of an upload: nothing is under the name, and the next start removes the rest.
func TestTFTPKilled(t *testing.T) {
	exe, up := program(t), writable(t)
	server, addr := tftpServer(t, exe, "--root", up, "--uploads", up)
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	to, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	l.WriteTo([]byte("\x00\x02a\x00octet\x00blksize\x001468\x00"), to)
	b := make([]byte, 2048)
	for n := 0; ; n++ { // far enough that a piece is on disk
		l.SetReadDeadline(time.Now().Add(time.Minute))
		_, tid, err := l.ReadFrom(b)
		if err != nil {
			t.Fatalf("block %d: %v", n, err)
		}
		left, err := filepath.Glob(filepath.Join(up, ".upload-*"))
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 1 {
			break
		}
		if n > 2000 {
			t.Fatal("nothing reached the disk")
		}
		n := int(b[2])<<8 | int(b[3])
		if b[1] == 6 {
			n = 0
		}
		l.WriteTo(append([]byte{0, 3, byte((n + 1) >> 8), byte(n + 1)}, make([]byte, 1468)...), tid)
	}
	server.Process.Signal(syscall.SIGKILL)
	server.Wait()
	if _, err := os.Stat(filepath.Join(up, "a")); !os.IsNotExist(err) {
		t.Errorf("half an upload is there: %v", err)
	}
	tftpServer(t, exe, "--root", up, "--uploads", up)
	if left, err := os.ReadDir(up); err != nil || len(left) > 0 {
		t.Errorf("left after the next start: %v, %v", left, err)
	}
}

// TestTFTPPortInUse says so and what to do.
func TestTFTPPortInUse(t *testing.T) {
	_, addr := tftpServer(t, program(t), "--root", t.TempDir())
	code, _, stderr := bootlace(t, "", "tftp", "serve", "--root", t.TempDir(), "--listen", addr)
	if code != exitSystem || !strings.Contains(stderr, "address already in use") || !strings.Contains(stderr, "choose another with --listen") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
