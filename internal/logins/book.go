// SPDX-License-Identifier: Apache-2.0

package logins

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"
)

// Format is the version of the file that is written and understood.
const Format = 1

// File is the name that logins have in a state directory.
const File = "logins.json"

// most bounds users and tokens, each; mostBytes the file.
const (
	most      = 1000
	mostBytes = 1 << 20
)

// Book is all who may ask.
type Book struct {
	Format int     `json:"bootlace_logins"` // see [Format]
	Users  []User  `json:"users"`
	Tokens []Token `json:"tokens"`
}

// User is a person, who has a password.
type User struct {
	Name     string `json:"name"`
	Role     Role   `json:"role"`
	Password string `json:"password"` // hashed, as [HashPassword] gives it
}

// Token is a program, which has 256 random bits.
type Token struct {
	Name    string    `json:"name"`
	Role    Role      `json:"role"`
	Digest  string    `json:"sha256"` // of the token, in hex
	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"`
}

var named = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// CheckName says whether a user or a token may be named so.
func CheckName(name string) error {
	if !named.MatchString(name) {
		return fmt.Errorf("name %.80q: expected up to 63 of a-z, 0-9, dot, dash and underscore, a letter or digit first", name)
	}
	return nil
}

// Parse reads a book. Nothing at all is one in which nobody is.
func Parse(b []byte) (*Book, error) {
	book := &Book{Format: Format}
	if len(bytes.TrimSpace(b)) == 0 {
		return book, nil
	}
	if len(b) > mostBytes {
		return nil, fmt.Errorf("%d bytes: expected at most %d", len(b), mostBytes)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(book); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the end")
	}
	return book, book.check()
}

func (b *Book) check() error {
	if b.Format != Format {
		return fmt.Errorf("format %d: this bootlace reads %d", b.Format, Format)
	}
	if len(b.Users) > most || len(b.Tokens) > most {
		return fmt.Errorf("%d users and %d tokens: expected at most %d of each", len(b.Users), len(b.Tokens), most)
	}
	seen := make(map[string]bool)
	for _, u := range b.Users {
		if err := errors.Join(CheckName(u.Name), once(seen, "user "+u.Name), checkHash(u.Password)); err != nil {
			return fmt.Errorf("user %.80q: %w", u.Name, err)
		}
	}
	for _, t := range b.Tokens {
		if err := errors.Join(CheckName(t.Name), once(seen, "token "+t.Name), checkDigest(t.Digest)); err != nil {
			return fmt.Errorf("token %.80q: %w", t.Name, err)
		}
	}
	return nil
}

func once(seen map[string]bool, what string) error {
	if seen[what] {
		return errors.New("is there twice")
	}
	seen[what] = true
	return nil
}

// Marshal writes a book.
func (b *Book) Marshal() ([]byte, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	out, err := json.MarshalIndent(b, "", "  ")
	return append(out, '\n'), err
}

// User finds one by name; nil if there is none.
func (b *Book) User(name string) *User {
	if i := slices.IndexFunc(b.Users, func(u User) bool { return u.Name == name }); i >= 0 {
		return &b.Users[i]
	}
	return nil
}

// Token finds one by name; nil if there is none.
func (b *Book) Token(name string) *Token {
	if i := slices.IndexFunc(b.Tokens, func(t Token) bool { return t.Name == name }); i >= 0 {
		return &b.Tokens[i]
	}
	return nil
}
