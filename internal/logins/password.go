// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// How passwords are hashed: argon2id (RFC 9106) with the least memory that is held to be enough, since an appliance may be small
// and several people may log in at once: 19 MiB, two passes, one lane.
const (
	memoryKiB = 19 << 10
	passes    = 2
	lanes     = 1
	saltSize  = 16
	hashSize  = 32
)

// Lengths of passwords, in bytes.
const (
	ShortestPassword = 10
	LongestPassword  = 256
)

// HashPassword gives what is kept of a password, in the PHC string format.
func HashPassword(password string) (string, error) {
	if n := len(password); n < ShortestPassword || n > LongestPassword {
		return "", fmt.Errorf("the password has %d bytes: expected %d to %d", n, ShortestPassword, LongestPassword)
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails, as it says
	sum := argon2.IDKey([]byte(password), salt, passes, memoryKiB, lanes, hashSize)
	return fmt.Sprintf("%s%s$%s", prefix(), base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum)), nil
}

// prefix is how hashes of these parameters begin. Others are not taken: a file must not make us spend gigabytes.
func prefix() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, memoryKiB, passes, lanes)
}

func checkHash(s string) error {
	_, _, err := parseHash(s)
	return err
}

func parseHash(s string) (salt, sum []byte, err error) {
	rest, ok := strings.CutPrefix(s, prefix())
	a, b, two := strings.Cut(rest, "$")
	if !ok || !two {
		return nil, nil, errors.New("password: expected a hash that begins with " + prefix() + ": make it with bootlace api user add")
	}
	salt, err = base64.RawStdEncoding.DecodeString(a)
	if err == nil {
		sum, err = base64.RawStdEncoding.DecodeString(b)
	}
	if err != nil || len(salt) != saltSize || len(sum) != hashSize {
		return nil, nil, fmt.Errorf("password: the hash is damaged: make it anew with bootlace api user add")
	}
	return salt, sum, nil
}

// matches takes as long for every password, and 19 MiB.
func matches(hash, password string) bool {
	salt, sum, err := parseHash(hash)
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare(sum, argon2.IDKey([]byte(password), salt, passes, memoryKiB, lanes, hashSize)) == 1
}
