// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// asks makes this program ask an appliance instead of testing, as another user.
const asks = "API_TEST_ASKS"

func TestMain(m *testing.M) {
	if server := os.Getenv(asks); server != "" {
		fmt.Print(ask(server))
		return
	}
	os.Exit(m.Run())
}

// ask says in a word what became of a question.
func ask(server string) string {
	c, err := Dial(server, Login{})
	if err == nil {
		_, err = c.All(context.Background(), Query{})
	}
	switch {
	case err == nil:
		return "answered"
	case errors.Is(err, fs.ErrPermission):
		return "no way in"
	case status(err) == 403:
		return "refused: " + err.Error()
	default:
		return err.Error()
	}
}

// TestWhoMayAsk: by the kernel's word, even where the socket's file lets everybody in.
func TestWhoMayAsk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: needs root to be somebody else")
	}
	const serving, other = 54321, 54322
	for _, tc := range []struct {
		name     string
		admitted Owner
		uid, gid int
		open     bool // the file's mode is that of everybody
		want     string
	}{
		{"root", Owner{serving, serving}, 0, 0, false, "answered"},
		{"the serving user", Owner{serving, serving}, serving, serving, false, "answered"},
		{"one of its group", Owner{serving, serving}, other, serving, false, "answered"},
		{"somebody else", Owner{serving, serving}, other, other, false, "no way in"},
		{"somebody else, whom the file lets in", Owner{serving, serving}, other, other, true, "refused: uid 54322 may not do this"},
		{"nobody, where nobody is named", makers(), 65534, 65534, true, "refused: "},
		{"nobody, where that is who serves", Owner{65534, 65534}, 65534, 65534, false, "answered"},
		{"somebody of a group that is not named", Owner{serving, -1}, other, serving, true, "refused: "},
		{"root's group", Owner{0, 0}, other, 0, false, "answered"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			s.admit = BySocket(Admitted(tc.admitted))
			path := socketPath(t)
			l, err := Listen(path, tc.admitted)
			if err != nil {
				t.Fatal(err)
			}
			s.serveOn(t, l, path)
			if tc.open {
				if err := os.Chmod(path, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if got := askAs(t, path, tc.uid, tc.gid); !strings.HasPrefix(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

// askAs runs this program as another user, from where that user can reach it.
func askAs(t *testing.T, path string, uid, gid int) string {
	t.Helper()
	exe, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(filepath.Dir(path), "ask")
	if err := os.WriteFile(program, exe, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = []string{asks + "=unix://" + path}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// TestAMemberOfTheGroup: what counts is the system's list of groups, not only the first one.
func TestAMemberOfTheGroup(t *testing.T) {
	groups, err := os.ReadFile("/etc/group")
	if err != nil {
		t.Skip("NOT TESTED: ", err)
	}
	for line := range strings.Lines(string(groups)) {
		var gid int
		f := strings.Split(strings.TrimSpace(line), ":")
		if len(f) != 4 || f[3] == "" {
			continue
		}
		if _, err := fmt.Sscan(f[2], &gid); err != nil {
			t.Fatal(err)
		}
		uid := uidOf(t, strings.Split(f[3], ",")[0])
		if uid < 0 {
			continue
		}
		if !memberOf(uid, gid) || memberOf(uid, 54321) {
			t.Errorf("uid %d, group %d", uid, gid)
		}
		return
	}
	t.Skip("NOT TESTED: no group here has a second member")
}

func uidOf(t *testing.T, name string) int {
	t.Helper()
	users, err := os.ReadFile("/etc/passwd")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(users)) {
		var uid int
		if f := strings.Split(line, ":"); len(f) > 2 && f[0] == name {
			if _, err := fmt.Sscan(f[2], &uid); err == nil {
				return uid
			}
		}
	}
	return -1
}
