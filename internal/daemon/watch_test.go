// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// await fails when nothing comes within a time that only a stuck machine needs.
func await(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(30 * time.Second):
		t.Fatalf("no reload after %s", what)
	}
}

func TestWatcher(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "hosts"), 0o755); err != nil {
		t.Fatal(err)
	}
	reloads := make(chan struct{}, 100)
	hup := make(chan struct{})
	w := &watcher{dir: dir, hup: hup, say: func(boot.Level, string, ...any) {}, reload: func() { reloads <- struct{}{} }}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()

	hup <- struct{}{} // also proves that the watches are set
	await(t, reloads, "SIGHUP")

	write := func(name string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x: 1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("bootlace.yaml")
	await(t, reloads, "a file in the directory")
	write("hosts/a.yaml")
	await(t, reloads, "a file in a subdirectory")
	if err := os.Mkdir(filepath.Join(dir, "profiles"), 0o755); err != nil {
		t.Fatal(err)
	}
	await(t, reloads, "a new subdirectory")
	write("profiles/p.yaml")
	await(t, reloads, "a file in the new subdirectory")

	cancel()
	if err := <-ended; err != nil {
		t.Errorf("after cancellation: %v", err)
	}
}

func TestWatcherWithoutDirectoryStillHearsSIGHUP(t *testing.T) {
	reloads := make(chan struct{}, 1)
	hup := make(chan struct{})
	w := &watcher{dir: filepath.Join(t.TempDir(), "gone"), hup: hup, say: func(boot.Level, string, ...any) {}, reload: func() { reloads <- struct{}{} }}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { _ = w.Run(ctx) }()
	hup <- struct{}{}
	await(t, reloads, "SIGHUP")
}

// sightings runs a watcher that tells what is in a file at each reload, and waits until it tells something.
func sightings(t *testing.T, dir string) (until func(want, what string)) {
	t.Helper()
	seen := make(chan string, 100)
	hup := make(chan struct{})
	w := &watcher{dir: dir, hup: hup, say: func(boot.Level, string, ...any) {}, reload: func() {
		text, err := os.ReadFile(filepath.Join(dir, "bootlace.yaml"))
		if err != nil {
			text = []byte("gone")
		}
		seen <- string(text)
	}}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go func() { _ = w.Run(ctx) }()
	hup <- struct{}{} // it follows the directory by now
	return func(want, what string) {
		t.Helper()
		for late := time.After(30 * time.Second); ; {
			select {
			case got := <-seen:
				if got == want {
					return
				}
			case <-late:
				t.Fatalf("%s was not noticed", what)
			}
		}
	}
}

func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWatcherFollowsDirectoryThatIsReplaced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "etc")
	file := filepath.Join(dir, "bootlace.yaml")
	do(t, os.Mkdir(dir, 0o755))
	until := sightings(t, dir)
	until("gone", "SIGHUP")
	do(t, os.WriteFile(file, []byte("one"), 0o644))
	until("one", "a file")
	do(t, os.Rename(dir, dir+".old"))
	until("gone", "the directory's removal")
	do(t, os.Rename(dir+".old", dir))
	until("one", "the directory's return")
	do(t, os.WriteFile(file, []byte("two"), 0o644))
	until("two", "an edit after its return")
}

// TestWatcherFollowsLink: a directory behind a symbolic link, and the link's change to another one, as deployments do.
func TestWatcherFollowsLink(t *testing.T) {
	base := t.TempDir()
	for _, name := range []string{"a", "b"} {
		do(t, os.Mkdir(filepath.Join(base, name), 0o755))
		do(t, os.WriteFile(filepath.Join(base, name, "bootlace.yaml"), []byte(name), 0o644))
	}
	link := filepath.Join(base, "current")
	do(t, os.Symlink("a", link))
	until := sightings(t, link)
	until("a", "SIGHUP")
	do(t, os.WriteFile(filepath.Join(base, "a", "bootlace.yaml"), []byte("a2"), 0o644))
	until("a2", "an edit behind the link")
	do(t, os.Symlink("b", link+"~"))
	do(t, os.Rename(link+"~", link))
	until("b", "the link's change")
	do(t, os.WriteFile(filepath.Join(base, "b", "bootlace.yaml"), []byte("b2"), 0o644))
	until("b2", "an edit behind the new link")
}
