// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// tokens are those of one attempt of a machine at one address. Only their hashes are stored: after a restart there are others
// for what is rendered then, and those that the machine has by now stay good.
type tokens struct {
	addr  string
	plain [3]string // by boot.Scope
}

var _ boot.Tokens = (*tokens)(nil)

// mint makes tokens of 128 random bits each.
func mint(addr string) *tokens {
	t := &tokens{addr: addr}
	for i := range t.plain {
		var random [16]byte
		_, _ = rand.Read(random[:]) // never fails
		t.plain[i] = hex.EncodeToString(random[:])
	}
	return t
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// kept is what is stored of them.
func (t *tokens) kept() []life.Token {
	kept := make([]life.Token, len(t.plain))
	for i, plain := range t.plain {
		kept[i] = life.Token{Hash: hash(plain), Scope: life.Scope(boot.Scope(i).String()), Addr: t.addr}
	}
	return kept
}

// in reports whether a record has them for the attempt that it is in.
func (t *tokens) in(r life.Record) bool {
	if t == nil {
		return false
	}
	for _, plain := range t.plain {
		if k, ok := r.Token(hash(plain)); !ok || k.Target != r.Attempt.Target || k.Number != r.Attempt.Number {
			return false
		}
	}
	return true
}

// Key follows boot.Tokens.
func (t *tokens) Key() string { return hash(t.plain[0]) }

// Token follows boot.Tokens.
func (t *tokens) Token(s boot.Scope) string { return t.plain[s] }
