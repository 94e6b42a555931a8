// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// tokenPrefix tells what it is where it is found: in a file, in a log, by those who search for leaked secrets.
const tokenPrefix = "blt_"

// NewToken makes a token's secret, and what is kept of it.
func NewToken() (secret, digest string) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails, as it says
	secret = tokenPrefix + base64.RawURLEncoding.EncodeToString(b)
	return secret, digestOf(secret)
}

// digestOf needs no salt and no slowness: the secret has 256 random bits. What is compared is a digest, so that how long a
// comparison takes tells nothing.
func digestOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func checkDigest(s string) error {
	if b, err := hex.DecodeString(s); err != nil || len(b) != sha256.Size || s != strings.ToLower(s) {
		return errors.New("sha256: expected 64 hex digits: make the token with bootlace api token add")
	}
	return nil
}
