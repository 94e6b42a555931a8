// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"crypto/pbkdf2"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"strconv"
	"strings"
)

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

// rehash hashes a password the way a hash was made; false if that is not known.
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
