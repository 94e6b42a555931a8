// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Caller is who asks.
type Caller struct {
	Name string // user NAME, or token NAME
	Role Role
}

// Errors of [Door]. Which part of a login is wrong is told nobody.
var (
	ErrLogin   = errors.New("no such login: expected a token that is known and has not expired, or a user and its password")
	ErrTooMany = errors.New("too many logins that failed: wait")
)

// remembered is how long a password that was right is not hashed again: programs send it with each request. A change of the book
// ends it at once.
const remembered = time.Minute

// Door lets in those of a book. It is safe for concurrent use.
type Door struct {
	mu    sync.RWMutex
	book  *Book
	guard *guard
	key   []byte                                   // for what is remembered: a password is never kept
	right *lru.Cache[[sha256.Size]byte, time.Time] // until when
	dummy string                                   // hashed in place of that of a user who does not exist
}

// NewDoor makes a door for nobody.
func NewDoor() *Door {
	d := &Door{book: &Book{}, guard: newGuard(), key: make([]byte, 32)}
	d.right, _ = lru.New[[sha256.Size]byte, time.Time](256) // fails for sizes below 1 only
	_, _ = rand.Read(d.key)                                 // never fails, as it says
	d.dummy, _ = HashPassword("nobody has that one")        // of the right length
	return d
}

// Use lets in those of another book from now on.
func (d *Door) Use(b *Book) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.book = b
	d.right.Purge()
}

// Token finds the program that has a secret. The wait is that of [ErrTooMany]. A token cannot be guessed: who has one is let in
// whatever others at its address try.
func (d *Door) Token(secret string, from netip.Addr, now time.Time) (c Caller, wait time.Duration, err error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	digest := digestOf(secret)
	for _, t := range d.book.Tokens {
		if t.Digest == digest && now.Before(t.Expires) {
			return Caller{Name: "token " + t.Name, Role: t.Role}, 0, nil
		}
	}
	if _, wait, ok := d.guard.try(from, now); !ok {
		return Caller{}, wait, ErrTooMany
	}
	return Caller{}, 0, ErrLogin
}

// Password finds the person who has a name and a password. The wait is that of [ErrTooMany].
func (d *Door) Password(name, password string, from netip.Addr, now time.Time) (c Caller, wait time.Duration, err error) {
	d.mu.RLock()
	u := d.book.User(name)
	d.mu.RUnlock()
	hash := d.dummy // a user who does not exist takes as long
	if u != nil {
		hash = u.Password
	}
	proof := d.proof(name, hash, password)
	if until, ok := d.right.Peek(proof); !ok || now.After(until) {
		forgive, wait, ok := d.guard.try(from, now)
		if !ok {
			return Caller{}, wait, ErrTooMany
		}
		if !d.guard.matches(hash, password) || u == nil {
			return Caller{}, 0, ErrLogin
		}
		forgive()
		d.right.Add(proof, now.Add(remembered))
	}
	return Caller{Name: "user " + u.Name, Role: u.Role}, 0, nil
}

// proof is what is remembered of a password that was right.
func (d *Door) proof(name, hash, password string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, d.key)
	_, _ = fmt.Fprintf(mac, "%s\x00%s\x00%s", name, hash, password) // a hash takes all
	return [sha256.Size]byte(mac.Sum(nil))
}

// Empty reports whether nobody is let in.
func (d *Door) Empty() bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.book.Users)+len(d.book.Tokens) == 0
}

// Session is what a person who has logged in by a password is known by later, until the book says otherwise of him.
type Session struct {
	Caller Caller
	Proof  [sha256.Size]byte // of the user and the password as the book has it; it changes with either
}

// Session finds a person by name; false: there is nobody of that name any more.
func (d *Door) Session(name string) (Session, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	u := d.book.User(name)
	if u == nil {
		return Session{}, false
	}
	return Session{Caller{Name: "user " + u.Name, Role: u.Role}, d.proof(u.Name, u.Password, "")}, true
}
