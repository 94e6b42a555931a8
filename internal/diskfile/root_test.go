// SPDX-License-Identifier: Apache-2.0

package diskfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// site makes a directory tftp with files and a secret beside it. tftp is a symbolic link; where it is really is "v1".
func site(t testing.TB) (dir, root string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"v1/a": "inside", "v1/sub/deep/b": "inside", "secret": "outside", "v1-more/s": "outside", "other/s": "outside"} {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root = filepath.Join(dir, "tftp")
	symlink(t, "v1", root)
	return dir, root
}

func symlink(t testing.TB, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func openRoot(t testing.TB, name string) *Root {
	t.Helper()
	r, err := OpenRoot(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func content(r *Root, name string) (string, error) {
	f, err := r.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	return string(b), err
}

// TestAbsoluteLinks: those that point inside are followed, however often and through whatever; none leads out.
func TestAbsoluteLinks(t *testing.T) {
	dir, root := site(t)
	r := openRoot(t, root)
	in := func(name string) string { return filepath.Join(root, name) }
	for link, target := range map[string]string{
		"good": in("a"), "real": filepath.Join(dir, "v1/a"), "dir": in("sub"), "self": root, "plain": "a", "slashes": root + "//./a",
		"chain": in("chain2"), "chain2": "chain3", "chain3": in("dir") + "/deep/b", "sub/up": "../good", "sub/deep/top": root,
		"around": in("dir") + "/../a", "deep": in("sub/deep"), "round": in("deep") + "/../deep/b",
		"out": filepath.Join(dir, "secret"), "etc": "/etc/passwd", "sibling": filepath.Join(dir, "v1-more/s"), "climb": root + "/../secret",
		"climb2": in("self") + "/../secret", "climb3": filepath.Join(dir, "v1-more") + "/../v1/a", "parent": dir, "rel": "../secret",
		"through": "parent/secret", "through2": in("parent") + "/secret", "slash": "/", "proc": "/proc/self/root" + root + "/a",
		"loop": in("loop"), "loop2": in("loop3"), "loop3": "loop2", "grows": in("grows") + "/x", "dangling": in("nope"), "below": in("a") + "/b",
	} {
		symlink(t, target, filepath.Join(dir, "v1", link))
	}
	for _, name := range []string{"a", "good", "real", "dir/deep/b", "self/a", "self/self/self/good", "plain", "slashes", "chain", "sub/up", "dir/up",
		"sub/deep/top/a", "around", "round", "deep/b"} {
		if got, err := content(r, name); got != "inside" {
			t.Errorf("%s = %q, %v", name, got, err)
		}
		if info, err := r.Stat(name); err != nil || info.Size() != 6 {
			t.Errorf("what %s is: %v, %v", name, info, err)
		}
	}
	for _, name := range []string{"out", "etc", "sibling", "climb", "climb2", "climb3", "parent/secret", "rel", "through", "through2", "slash/etc/passwd", "proc",
		"loop", "loop2", "grows", "dangling", "below", "good/x", "self/out", "dir/../out"} {
		if got, err := content(r, name); err == nil {
			t.Errorf("%s was opened: %q", name, got)
		}
		if _, err := r.Stat(name); err == nil {
			t.Errorf("%s was described", name)
		}
	}
}

// TestManyLinks: forty on the way are followed, as Linux does, and no more.
func TestManyLinks(t *testing.T) {
	_, root := site(t)
	r := openRoot(t, root)
	before := "a"
	for n := 1; n <= mostLinks+1; n++ {
		name := fmt.Sprint(n)
		symlink(t, filepath.Join(root, before), filepath.Join(root, name))
		if got, err := content(r, name); (got == "inside") != (n <= mostLinks) {
			t.Errorf("%d links: %q, %v", n, got, err)
		}
		before = name
	}
}

// TestRootThatIsReplaced: the directory that is open goes on being served, links and all, where another one takes its place.
func TestRootThatIsReplaced(t *testing.T) {
	dir, root := site(t)
	symlink(t, filepath.Join(root, "a"), filepath.Join(root, "good"))
	r := openRoot(t, root)
	if err := os.Remove(root); err != nil {
		t.Fatal(err)
	}
	symlink(t, "other", root)
	if err := os.WriteFile(filepath.Join(dir, "other/a"), []byte("outside"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := content(r, "good"); got != "inside" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestLinksThatChange: somebody turns links around while they are followed, and gets nothing from outside for it.
func TestLinksThatChange(t *testing.T) {
	dir, root := site(t)
	r := openRoot(t, root)
	symlink(t, filepath.Join(root, "sub"), filepath.Join(root, "way"))
	symlink(t, filepath.Join(root, "way/deep/b"), filepath.Join(root, "file"))
	if err := os.MkdirAll(filepath.Join(dir, "other/deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "other/deep/b"), []byte("outside"), 0o644); err != nil {
		t.Fatal(err)
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		targets := []string{filepath.Join(root, "sub"), filepath.Join(dir, "other"), "../other", "sub"}
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			turned := filepath.Join(root, "turned")
			_ = os.Symlink(targets[i%len(targets)], turned)
			_ = os.Rename(turned, filepath.Join(root, "way"))
			if i%3 == 0 { // and a directory changes places with a link
				_ = os.Rename(filepath.Join(root, "sub"), filepath.Join(root, "aside"))
				_ = os.Symlink(filepath.Join(dir, "other"), filepath.Join(root, "sub"))
				_ = os.Remove(filepath.Join(root, "sub"))
				_ = os.Rename(filepath.Join(root, "aside"), filepath.Join(root, "sub"))
			}
		}
	}()
	good := 0
	for range 20_000 {
		got, err := content(r, "file")
		if strings.Contains(got, "outside") {
			t.Fatal("a file outside was opened")
		}
		if err == nil {
			good++
		}
	}
	close(done)
	<-ended
	if good == 0 {
		t.Error("not one was opened")
	}
}

// FuzzLinks: what is opened by two links and a name is a file inside, and the one that the system finds by them.
func FuzzLinks(f *testing.F) {
	for _, s := range [][3]string{
		{"@/a", "a", "one"}, {"@/two", "@/sub", "one/deep/b"}, {"@/../secret", "..", "two/secret"}, {"@", "@/one", "two/one/a"}, {"/", "one", "two/etc/passwd"},
		{"@/sub/./deep/..", "one/../../a", "two"}, {"sub", "@/one/../a", "two"}, {"@/one", "@/two", "one"},
		{"a/", "@/a/", "one"}, {"a/", "@/a/", "two"}, {"@/a/.", "@/a/..", "one"}, {"@/a/.", "@/a/../a", "two"}, {"@/sub/", "@/a", "two/"},
	} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, one, two, name string) {
		dir, root := site(t)
		r := openRoot(t, root)
		for link, target := range map[string]string{"one": one, "two": two} {
			if strings.ContainsRune(target, 0) || os.Symlink(strings.ReplaceAll(target, "@", root), filepath.Join(root, link)) != nil {
				t.Skip("no link can be so")
			}
		}
		got, err := content(r, name)
		if err != nil {
			return
		}
		real, err := filepath.EvalSymlinks(root + "/" + name) // not Join, which takes ".." for what it often is not
		if err != nil || got != "inside" || !strings.HasPrefix(real, filepath.Join(dir, "v1")+"/") {
			t.Errorf("one -> %q, two -> %q: %q is %q; the system finds %q, %v", one, two, name, got, real, err)
		}
	})
}
