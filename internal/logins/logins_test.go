// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const password = "correct horse battery"

var (
	here      = netip.MustParseAddr("192.0.2.1")
	elsewhere = netip.MustParseAddr("192.0.2.2")
)

// people is a book with alice, and a token that is valid for a day.
func people(t testing.TB, now time.Time) (b *Book, secret string) {
	t.Helper()
	hash, err := HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	secret, digest := NewToken()
	return &Book{
		Format: Format,
		Users:  []User{{Name: "alice", Role: Operate, Password: hash}},
		Tokens: []Token{{Name: "ci", Role: Read, Digest: digest, Made: now, Expires: now.AddDate(0, 0, 1)}},
	}, secret
}

func TestDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, secret := people(t, time.Now())
		d := NewDoor()
		if !d.Empty() {
			t.Error("a new door lets somebody in")
		}
		d.Use(b)
		if d.Empty() {
			t.Error("the door has forgotten the book")
		}
		if c, _, err := d.Token(secret, here, time.Now()); err != nil || c != (Caller{"token ci", Read}) {
			t.Errorf("token: %+v, %v", c, err)
		}
		for range 2 { // hashed, and remembered
			if c, _, err := d.Password("alice", password, here, time.Now()); err != nil || c != (Caller{"user alice", Operate}) {
				t.Errorf("password: %+v, %v", c, err)
			}
		}
		for _, wrong := range []string{"", "x", secret[1:], secret + "x", b.Tokens[0].Digest} {
			if _, _, err := d.Token(wrong, elsewhere, time.Now()); !errors.Is(err, ErrLogin) {
				t.Errorf("token %q: %v", wrong, err)
			}
		}
		for _, wrong := range [][2]string{{"alice", ""}, {"alice", password + "x"}, {"bob", password}, {"", ""}, {"alice", strings.Repeat("x", LongestPassword+1)}} {
			if _, _, err := d.Password(wrong[0], wrong[1], netip.MustParseAddr("192.0.2.3"), time.Now()); !errors.Is(err, ErrLogin) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		time.Sleep(24 * time.Hour)
		if _, _, err := d.Token(secret, here, time.Now()); !errors.Is(err, ErrLogin) {
			t.Errorf("a token that has expired: %v", err)
		}
		d.Use(&Book{})
		if _, _, err := d.Password("alice", password, here, time.Now()); !errors.Is(err, ErrLogin) {
			t.Errorf("a user that was removed: %v", err)
		}
	})
}

// TestGuessing: who guesses is slowed down, by address and overall; others, and who has a token, are not.
func TestGuessing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, secret := people(t, time.Now())
		d := NewDoor()
		d.Use(b)
		tried := 0
		for range 100 {
			if _, wait, err := d.Token("guess", here, time.Now()); errors.Is(err, ErrLogin) {
				tried++
			} else if !errors.Is(err, ErrTooMany) || wait <= 0 {
				t.Fatalf("%v, %v", wait, err)
			}
		}
		if tried != failuresAtOnce {
			t.Errorf("%d guesses at once, want %d", tried, failuresAtOnce)
		}
		if _, _, err := d.Password("alice", password, here, time.Now()); !errors.Is(err, ErrTooMany) {
			t.Errorf("a password from where somebody guesses: %v", err)
		}
		if _, _, err := d.Token(secret, here, time.Now()); err != nil {
			t.Errorf("a token from where somebody guesses: %v", err)
		}
		if _, _, err := d.Password("alice", password, elsewhere, time.Now()); err != nil {
			t.Errorf("a password from elsewhere: %v", err)
		}
		time.Sleep(failuresEvery)
		if _, _, err := d.Password("alice", password, here, time.Now()); err != nil {
			t.Errorf("after a while: %v", err)
		}
		tried = 0
		for i := range 1000 {
			from := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
			if _, _, err := d.Token("guess", from, time.Now()); errors.Is(err, ErrLogin) {
				tried++
			}
		}
		if tried > 2*failuresOfAll {
			t.Errorf("%d guesses at once from many addresses, want at most %d", tried, 2*failuresOfAll)
		}
	})
}

// TestOneNetworkOfIPv6 is one guesser.
func TestOneNetworkOfIPv6(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"2001:db8::1", "2001:db8::2:3", true}, {"2001:db8::1", "2001:db8:0:1::1", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true}, {"192.0.2.1", "192.0.2.2", false}, {"fe80::1%eth0", "fe80::1%eth1", true},
	} {
		if got := network(netip.MustParseAddr(tt.a)) == network(netip.MustParseAddr(tt.b)); got != tt.same {
			t.Errorf("%s and %s: %v", tt.a, tt.b, got)
		}
	}
	if network(netip.Addr{}).IsValid() {
		t.Error("no address has a network")
	}
}

func TestPasswords(t *testing.T) {
	for _, bad := range []string{"", "short", strings.Repeat("x", LongestPassword+1)} {
		if _, err := HashPassword(bad); err == nil {
			t.Errorf("%d bytes are taken", len(bad))
		}
	}
	one, err := HashPassword(password)
	other, _ := HashPassword(password)
	if err != nil || one == other || !matches(one, password) || matches(one, password+" ") || strings.Contains(one, password) {
		t.Errorf("%s, %s, %v", one, other, err)
	}
	for _, bad := range []string{"", "$argon2id$v=19$m=999999999,t=2,p=1$AAAA$AAAA", prefix() + "AA$AA", prefix() + "!$!", one + "x"} {
		if checkHash(bad) == nil || matches(bad, password) {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	none, err := Load(path)
	if err != nil || len(none.Users)+len(none.Tokens) != 0 {
		t.Fatalf("no file: %+v, %v", none, err)
	}
	b, secret := people(t, time.Now().UTC())
	if err := Save(path, b); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(text), secret) || strings.Contains(string(text), password) {
		t.Errorf("%s, %v", text, err)
	}
	back, err := Load(path)
	if err != nil || back.User("alice").Role != Operate || back.Token("ci").Digest != b.Tokens[0].Digest || back.User("bob") != nil || back.Token("bob") != nil {
		t.Errorf("%+v, %v", back, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	for _, mode := range []os.FileMode{0o604, 0o620, 0o602} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%v: %v", mode, err)
		}
	}
}

func TestRoles(t *testing.T) {
	if !(Nobody < Read && Read < Operate && Operate < Admin) {
		t.Error("a higher role may do less")
	}
	for _, word := range Roles() {
		if r, err := ParseRole(word); err != nil || r.String() != word {
			t.Errorf("%s: %v, %v", word, r, err)
		}
	}
	for _, word := range []string{"", "nobody", "root", "Admin"} {
		if r, err := ParseRole(word); err == nil || r != Nobody {
			t.Errorf("%q: %v, %v", word, r, err)
		}
	}
}

func TestWrongBooks(t *testing.T) {
	b, _ := people(t, time.Now())
	good, err := b.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"no JSON":          "x",
		"a newer format":   `{"bootlace_logins": 2}`,
		"an unknown key":   `{"bootlace_logins": 1, "admins": []}`,
		"more behind":      string(good) + "{}",
		"an unknown role":  strings.Replace(string(good), `"operate"`, `"root"`, 1),
		"a name":           strings.Replace(string(good), `"alice"`, `"a\nb"`, 1),
		"no hash":          strings.Replace(string(good), "$argon2id$", "$plain$", 1),
		"a short digest":   strings.Replace(string(good), b.Tokens[0].Digest, "00", 1),
		"a user twice":     strings.Replace(string(good), `"users": [`, `"users": [{"name":"alice","role":"admin","password":"`+b.Users[0].Password+`"},`, 1),
		"too large a file": strings.Repeat(" ", mostBytes) + "{}",
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	b, _ := people(f, time.Unix(0, 0).UTC())
	good, _ := b.Marshal()
	f.Add(good)
	f.Add([]byte(`{"bootlace_logins":1,"users":null,"tokens":[{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := Parse(text)
		if err != nil {
			return
		}
		again, err := b.Marshal()
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if _, err := Parse(again); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}
