// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strings"
	"testing"
)

// The vectors of the description, "Unix crypt using SHA-256 and SHA-512", and of its test program; the one with 10
// rounds shows that fewer than 1000 count as 1000.
func TestSHA512Crypt(t *testing.T) {
	for _, tt := range []struct {
		password, salt string
		rounds         int
		want           string
	}{
		{"Hello world!", "saltstring", 0,
			"$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"},
		{"Hello world!", "saltstringsaltstring", 10000,
			"$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v."},
		{"This is just a test", "toolongsaltstring", 5000,
			"$6$rounds=5000$toolongsaltstrin$lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0"},
		{"a very much longer text to encrypt.  This one even stretches over morethan one line.", "anotherlongsaltstring", 1400,
			"$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1"},
		{"we have a short salt string but not a short password", "short", 77777,
			"$6$rounds=77777$short$WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0"},
		{"a short string", "asaltof16chars..", 123456,
			"$6$rounds=123456$asaltof16chars..$BtCwjqMJGx5hrJhZywWvt0RLE8uZ4oPwcelCjmw2kSYu.Ec6ycULevoBK25fs2xXgMNrCzIMVcgEJAstJeonj1"},
		{"the minimum number is still observed", "roundstoolow", 10,
			"$6$rounds=1000$roundstoolow$kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX."},
		// These two as crypt(3) of glibc has them: no password, and one that is longer than a digest.
		{"", "abc", 0, "$6$abc$mJP3a6FyA8uCnzRtlnNypPwjnvpi5TP9qOrInzrfDmwxUQG38PkpCPdqfTb8JQfAngapMxeim4AZ..hSdRRzD."},
		{strings.Repeat("p", 150), "saltstring", 0,
			"$6$saltstring$PgHAIFBaA024XlHBkfkBW5g/O6rLcPC/Xr.qIp3C9o6HqDwkJ.SMeCEWgfxP4tM.9SSFiULZAW1.1k4AoIOem0"},
	} {
		got, err := sha512Crypt(tt.password, tt.salt, tt.rounds)
		if err != nil || got != tt.want {
			t.Errorf("sha512Crypt(%q, %q, %d) = %q, %v, want %q", tt.password, tt.salt, tt.rounds, got, err, tt.want)
		}
		tree := &Tree{}
		if !tree.verify(tt.password, tt.want) {
			t.Errorf("%q is not recognised as the password of %s", tt.password, tt.want)
		}
		if tree.verify(tt.password+"x", tt.want) {
			t.Errorf("a wrong password was accepted for %s", tt.want)
		}
	}
}

func TestSHA512CryptSalt(t *testing.T) {
	for _, salt := range []string{"a$b", "a:b", "a\nb"} {
		if got, err := sha512Crypt("x", salt, 0); err == nil {
			t.Errorf("salt %q was taken: %s", salt, got)
		}
	}
}

// The vector is PBKDF2-HMAC-SHA512 of "password" and "salt" with 4096 rounds (the set that follows RFC 6070), in GRUB's form.
func TestGRUBHash(t *testing.T) {
	const hash = "grub.pbkdf2.sha512.4096.73616C74." +
		"D197B1B33DB0143E018B12F3D1D1479E6CDEBDCC97C5C0F87F6902E072F457B5143F30602641B3D55CD335988CB36B84376060ECD532E039B742A239434AF2D5"
	tree := &Tree{}
	if !tree.verify("password", hash) {
		t.Error("the password is not recognised")
	}
	if tree.verify("Password", hash) {
		t.Error("a wrong password was accepted")
	}
}

func TestVerifyOddHashes(t *testing.T) {
	tree := &Tree{}
	for _, hash := range []string{"$6$", "$1$salt$hash", "$6$rounds=x$s$h", "grub.pbkdf2.sha512.", "grub.pbkdf2.sha512.99999999999.00.00", "$"} {
		if tree.verify("", hash) || tree.verify("x", hash) {
			t.Errorf("%q lets somebody in", hash)
		}
	}
	if !tree.verify("plain", "plain") || tree.verify("plaim", "plain") {
		t.Error("a plain password is compared wrongly")
	}
}

func TestEntryHashes(t *testing.T) {
	s := &session{tree: &Tree{}}
	if h := s.cryptHash("secret"); !s.tree.verify("secret", h) || !strings.HasPrefix(h, "$6$") {
		t.Errorf("PXELINUX would get %q", h)
	}
	if h := s.grubHash("secret"); !s.tree.verify("secret", h) || !grubHash(h) {
		t.Errorf("GRUB would get %q", h)
	}
	if s.cryptHash("grub.pbkdf2.sha512.1.00.00") != "" || s.grubHash("$6$a$b") != "" {
		t.Error("a hash was given to a loader that does not know it")
	}
}
