// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	xcrypt "github.com/go-crypt/x/crypt"

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
	if sc.dryRun {
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

// How often SHA-512 is run: by default, and within which bounds.
const (
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
	return prefix + salt + "$" + string(xcrypt.KeySHACrypt(sha512.New, []byte(password), []byte(salt), rounds)), nil
}
