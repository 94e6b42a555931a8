// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/bootlace-net/bootlace/boot"
)

// crypt is the template function sha512crypt. The salt is made of the machine's identity, so that the same question has
// the same answer; it must not be made of the password, which it would help to guess.
func crypt(root any, password string, salt ...string) (string, error) {
	sc, err := scopeOf(root)
	if err != nil {
		return "", err
	}
	s := machineSalt(sc.visit.Client, sc.plan.Host)
	if len(salt) > 0 {
		s = salt[0]
	}
	if sc.proving {
		// Only whether it can be done counts, and the real thing takes milliseconds.
		return "$6$" + s + "$" + strings.Repeat(".", 86), nil
	}
	return sha512Crypt(password, s, 0)
}

func machineSalt(c boot.Client, h *boot.Host) string {
	id := c.MAC.String() + c.UUID.String() + c.Serial
	if h != nil {
		id = h.Name
	}
	sum := sha256.Sum256([]byte("bootlace salt\x00" + id))
	return hex.EncodeToString(sum[:8])
}

const (
	cryptAlphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	defaultRounds = 5000
	minRounds     = 1000
	maxRounds     = 1_000_000 // the algorithm allows 999,999,999, which would take minutes
)

// sha512Crypt is the $6$ method of crypt(3) (Ulrich Drepper, "Unix crypt using SHA-256 and SHA-512", version 0.6). No
// rounds are the default ones. The salt counts up to 16 bytes, none of which may be '$', ':' or a line break.
func sha512Crypt(password, salt string, rounds int) (string, error) {
	if strings.ContainsAny(salt, "$:\n\x00") {
		return "", errors.New("the salt holds a character that cannot stand in a password file")
	}
	salt = salt[:min(len(salt), 16)]
	prefix := "$6$"
	if rounds == 0 {
		rounds = defaultRounds
	} else {
		rounds = min(max(rounds, minRounds), maxRounds)
		prefix += fmt.Sprintf("rounds=%d$", rounds)
	}
	return prefix + salt + "$" + encode64(sha512Rounds([]byte(password), []byte(salt), rounds)), nil
}

// sha512Rounds is steps 1 to 21 of the description, in its order.
func sha512Rounds(p, s []byte, rounds int) [64]byte {
	b := sha512.Sum512(join3(p, s, p))
	h := sha512.New()
	h.Write(p)
	h.Write(s)
	h.Write(repeat(b[:], len(p)))
	for n := len(p); n > 0; n >>= 1 {
		if n&1 != 0 {
			h.Write(b[:])
		} else {
			h.Write(p)
		}
	}
	a := [64]byte(h.Sum(nil))
	ps := repeat(digestOf(p, len(p)), len(p))
	ss := repeat(digestOf(s, 16+int(a[0])), len(s))
	for i := range rounds {
		h.Reset()
		write := func(cond bool, yes, no []byte) {
			if cond {
				h.Write(yes)
			} else {
				h.Write(no)
			}
		}
		write(i&1 != 0, ps, a[:])
		write(i%3 != 0, ss, nil)
		write(i%7 != 0, ps, nil)
		write(i&1 != 0, a[:], ps)
		h.Sum(a[:0])
	}
	return a
}

func join3(a, b, c []byte) []byte { return append(append(append([]byte(nil), a...), b...), c...) }

// repeat gives n bytes of b, over and over.
func repeat(b []byte, n int) []byte {
	out := make([]byte, 0, n+len(b))
	for len(out) < n {
		out = append(out, b...)
	}
	return out[:n]
}

// digestOf hashes b so many times over.
func digestOf(b []byte, times int) []byte {
	h := sha512.New()
	for range times {
		h.Write(b)
	}
	return h.Sum(nil)
}

// encode64 writes the digest in crypt's base 64, three bytes at a time in the order of the description (step 22).
func encode64(a [64]byte) string {
	out := make([]byte, 0, 86)
	put := func(v uint32, n int) {
		for range n {
			out = append(out, cryptAlphabet[v&63])
			v >>= 6
		}
	}
	x, y, z := 0, 21, 42
	for range 21 {
		put(uint32(a[x])<<16|uint32(a[y])<<8|uint32(a[z]), 4)
		x, y, z = y+1, z+1, x+1
	}
	put(uint32(a[63]), 2)
	return string(out)
}

// verify checks a password against that of an entry: $6$ of crypt(3), GRUB's, or the password itself. One at a time: a
// check costs milliseconds, and anybody on the network may ask for them.
func (t *Tree) verify(password, want string) bool {
	t.checking.Lock()
	defer t.checking.Unlock()
	got := password
	if hashed(want) {
		var ok bool
		if got, ok = rehash(password, want); !ok {
			return false
		}
	}
	return subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}

// hashed reports whether the password of an entry is a hash already.
func hashed(p string) bool { return strings.HasPrefix(p, "$") || grubHash(p) }

// hashes remembers what plain passwords of entries hash to, which takes milliseconds each. There are as many as there
// are entries with one.
type hashes struct {
	mu   sync.Mutex
	made map[hashKey]string
}

type hashKey struct{ kind, password string }

func (h *hashes) of(kind, password string, hash func(password string) string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	k := hashKey{kind, password}
	if s, ok := h.made[k]; ok {
		return s
	}
	if h.made == nil {
		h.made = make(map[hashKey]string)
	}
	s := hash(password)
	h.made[k] = s
	return s
}

// cryptHash gives the password of an entry as PXELINUX checks it; "" if it is a hash of another kind.
func (s *session) cryptHash(password string) string {
	if hashed(password) {
		if strings.HasPrefix(password, "$") {
			return password
		}
		return ""
	}
	return s.tree.hashes.of("crypt", password, func(p string) string {
		out, err := sha512Crypt(p, entrySalt(), 0)
		if err != nil {
			return "" // not with that salt
		}
		return out
	})
}

// grubHash gives it as GRUB checks it; "" if it is a hash of another kind.
func (s *session) grubHash(password string) string {
	switch {
	case grubHash(password):
		return password
	case hashed(password):
		return ""
	}
	return s.tree.hashes.of("grub", password, func(p string) string {
		salt := strings.ToUpper(hex.EncodeToString([]byte(entrySalt())))
		out, _ := rehashGRUB(p, "grub.pbkdf2.sha512.10000."+salt+"."+strings.Repeat("0", 128))
		return out
	})
}

// entrySalt is the salt of passwords that stand in the configuration as they are: the same in every run, so that the
// same configuration renders to the same bytes.
func entrySalt() string { return "bootlace.entries" }

func rehash(password, hash string) (string, bool) {
	if grubHash(hash) {
		return rehashGRUB(password, hash)
	}
	rest, ok := strings.CutPrefix(hash, "$6$")
	if !ok {
		return "", false
	}
	rounds := 0
	if r, after, found := strings.Cut(strings.TrimPrefix(rest, "rounds="), "$"); found && strings.HasPrefix(rest, "rounds=") {
		n, err := strconv.Atoi(r)
		if err != nil {
			return "", false
		}
		rounds, rest = n, after
	}
	salt, _, _ := strings.Cut(rest, "$")
	out, err := sha512Crypt(password, salt, rounds)
	return out, err == nil
}

// rehashGRUB is PBKDF2 as grub-mkpasswd-pbkdf2 writes it: grub.pbkdf2.sha512.ROUNDS.SALT.HASH, in upper-case hexadecimal.
func rehashGRUB(password, hash string) (string, bool) {
	parts := strings.Split(hash, ".")
	if len(parts) != 6 {
		return "", false
	}
	rounds, err := strconv.Atoi(parts[3])
	salt, err2 := hex.DecodeString(parts[4])
	if err != nil || err2 != nil || rounds < 1 || rounds > maxRounds {
		return "", false
	}
	sum, err := pbkdf2.Key(sha512.New, password, salt, rounds, len(parts[5])/2)
	if err != nil {
		return "", false
	}
	parts[5] = strings.ToUpper(hex.EncodeToString(sum))
	return strings.Join(parts, "."), true
}
