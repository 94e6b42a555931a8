// SPDX-License-Identifier: Apache-2.0

//go:build unix

package vault_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/images/vault"
)

// TestMain lets the tests start themselves as processes that can be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("VAULT_CHILD"); dir != "" {
		churn(dir, os.Getenv("VAULT_FAMILY"))
	}
	os.Exit(m.Run())
}

// variant makes the bytes of version n: some shared by all, some its own.
func variant(family, version string, n int) (*vault.Manifest, map[vault.Digest]io.Reader) {
	own := strings.Repeat(fmt.Sprintf("%s %s %d\n", family, version, n), 20_000)
	return image(family+"/"+version, map[string]string{"linux": own, "initrd": own[1:], "shared": strings.Repeat("shared\n", 30_000), "generation": strconv.Itoa(n)})
}

// churn adds, replaces, removes and collects until it is killed. What it says it did is done.
func churn(dir, family string) {
	v, ctx := vault.Open(dir), context.Background()
	say := func(format string, args ...any) { _, _ = fmt.Printf(format+"\n", args...) }
	for n := rand.IntN(1 << 30); ; n++ {
		version := strconv.Itoa(rand.IntN(3))
		var err error
		switch rand.IntN(6) {
		case 0:
			say("try %s -", version)
			if _, err = v.Remove(ctx, family+"/"+version); err == nil || strings.Contains(err.Error(), "not exist") {
				err = nil
				say("did %s -", version)
			}
		case 1:
			_, err = v.GC(ctx)
		default:
			m, content := variant(family, version, n)
			if rand.IntN(2) == 0 {
				halfway(v, content, n)
			}
			say("try %s %d", version, n)
			if err = v.Add(ctx, m, content); err == nil {
				say("did %s %d", version, n)
			}
		}
		if err != nil {
			say("bad %v", err)
			os.Exit(1)
		}
	}
}

// halfway gives one of the blobs as a download does: as a file in the making.
func halfway(v *vault.Vault, content map[vault.Digest]io.Reader, n int) {
	for d, r := range content {
		p, err := v.Partial(fmt.Sprint("http://example.org/", n%50))
		if err != nil {
			return // the other one has it
		}
		_ = p.Truncate(0)
		_ = p.SetNote([]byte("etag"))
		if _, err := io.Copy(p, r); err == nil {
			content[d] = p
		}
		return
	}
}

// life is what a child may have left of its images.
type life struct {
	family string
	out    bytes.Buffer
	left   int               // lines until it is killed
	kill   func()            // ends it
	done   map[string]string // version: the last that is done
	trying map[string]string
}

// Write hears what a child says, and has it killed when it has said enough: while it goes on, at a point that nobody chose.
func (l *life) Write(b []byte) (int, error) {
	before := l.left
	if l.left -= bytes.Count(b, []byte("\n")); before > 0 && l.left <= 0 {
		time.AfterFunc(time.Duration(rand.IntN(10_000))*time.Microsecond, l.kill) // no promise hangs on it
	}
	return l.out.Write(b)
}

func (l *life) read(t *testing.T) {
	t.Helper()
	l.trying = make(map[string]string)
	for s := bufio.NewScanner(&l.out); s.Scan(); {
		f := strings.Fields(s.Text())
		switch {
		case len(f) == 3 && f[0] == "try":
			l.trying[f[1]] = f[2]
		case len(f) == 3 && f[0] == "did":
			l.done[f[1]] = f[2]
			delete(l.trying, f[1])
		case len(f) > 0 && f[0] == "bad":
			t.Errorf("family %s: %s", l.family, s.Text())
		}
	}
}

// TestKilledAtAnyPoint: two processes change one vault and are killed at any point of that. What they said they did is there, what
// they were at is there whole or not at all, and nothing is damaged. BOOTLACE_SOAK=1 does it 200 times.
func TestKilledAtAnyPoint(t *testing.T) {
	rounds := 12
	if os.Getenv("BOOTLACE_SOAK") != "" {
		rounds = 200
	}
	dir := t.TempDir()
	lives := []*life{{family: "a", done: map[string]string{}}, {family: "b", done: map[string]string{}}}
	for round := range rounds {
		var children []*exec.Cmd
		for _, l := range lives {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "VAULT_CHILD="+dir, "VAULT_FAMILY="+l.family)
			lines := rand.IntN(12)
			l.left, l.kill = lines, func() { _ = cmd.Process.Kill() }
			cmd.Stdout = l
			must(t, cmd.Start())
			if lines == 0 {
				l.kill()
			}
			children = append(children, cmd)
		}
		for _, cmd := range children {
			_ = cmd.Wait() // it was killed
		}
		for _, l := range lives {
			l.read(t)
		}
		inspect(t, dir, lives)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	v := vault.Open(dir)
	if _, err := v.GC(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, _ := v.List()
	blobs := make(map[vault.Digest]bool)
	for _, m := range list {
		for _, f := range m.Files {
			blobs[f.Digest] = true
		}
	}
	if n := files(t, v); n["partial"] != 0 || n["images"] != len(list) || n["sha256"] != len(blobs) || n["seals"] > len(blobs) {
		t.Errorf("%d images of %d blobs, and these files: %v", len(list), len(blobs), n)
	}
	if len(list) == 0 {
		t.Error("nothing was ever added")
	}
}

// inspect looks with the eyes of a process that starts now.
func inspect(t *testing.T, dir string, lives []*life) {
	t.Helper()
	v := vault.Open(dir)
	must(t, v.Verify(t.Context(), "", func(f vault.Verified) {
		if f.Rot != "" {
			t.Errorf("%s/%s: %s", f.Image, f.Path, f.Rot)
		}
	}))
	for _, l := range lives {
		for version := range 3 {
			name := strconv.Itoa(version)
			is := "-"
			if m := v.Image(l.family + "/" + name); m != nil {
				is = served(t, v, m.Name+"/generation")
			}
			done := l.done[name]
			if done == "" {
				done = "-"
			}
			if is != done && is != l.trying[name] {
				t.Errorf("%s/%s is %s, want %s, or %q of which nobody heard the end", l.family, name, is, done, l.trying[name])
			}
			l.done[name] = is
		}
	}
}
