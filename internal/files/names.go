// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Names puts a virtual namespace before another Opener: what firmware asks for is cleaned, rewritten by rules and looked up
// at several places. The zero value of everything but Opener only cleans.
type Names struct {
	// Opener is asked for the resulting names, in turn, until one exists.
	Opener Opener
	// Rules rewrite a name; the first that matches ends it unless it says to go on.
	Rules []Rule
	// PerAddress is a directory looked in before the common one, with %a for the client's address (colons of IPv6 as
	// dashes) and %m for its hardware address as MAC knows it, like 52-54-00-12-34-56. Where %m is not known it is skipped.
	PerAddress string
	// MAC tells the hardware address of a client; nil knows none.
	MAC func(Request) (mac [6]byte, ok bool)
	// FoldCase finds files whatever the case of the name: Windows boot managers ask for \Boot\BCD and boot\bcd alike. It
	// needs an Opener that has Fold(name string) (string, bool), as [Dir] has, to say how a name is really written.
	FoldCase bool
}

// Rule rewrites names, like a line of tftpd-hpa's map file.
type Rule struct {
	Match    *regexp.Regexp // anywhere in the name; anchor with ^ and $
	Replace  string         // with $1, ${name}; the whole match is replaced, every time it occurs
	Refuse   bool           // instead: answer "access violation"
	Continue bool           // go on with the next rule
}

// ParseRule reads REGEXP=REPLACEMENT; the first "=" that is not escaped by a backslash divides. An empty replacement that
// is written "!" refuses.
func ParseRule(text string) (Rule, error) {
	divide := -1
	for i := 0; i < len(text) && divide < 0; i++ {
		switch text[i] {
		case '\\':
			i++
		case '=':
			divide = i
		}
	}
	if divide < 0 {
		return Rule{}, errors.New("expected REGEXP=REPLACEMENT")
	}
	re, err := regexp.Compile(text[:divide])
	if err != nil {
		return Rule{}, err
	}
	if text[divide+1:] == "!" {
		return Rule{Match: re, Refuse: true}, nil
	}
	return Rule{Match: re, Replace: text[divide+1:]}, nil
}

// Open opens the first of the places where the name exists.
func (n *Names) Open(ctx context.Context, r *Request) (Content, error) {
	name, err := n.rewrite(tidyName(r.Name))
	if err != nil {
		return nil, err
	}
	err = fs.ErrNotExist
	for _, place := range n.places(r, name) {
		var c Content
		at := *r
		at.Name = place
		c, err = n.open(ctx, &at)
		r.Label = at.Label
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return c, err
		}
	}
	return nil, err
}

// open tries the name as it is, then in another case.
func (n *Names) open(ctx context.Context, r *Request) (Content, error) {
	c, err := n.Opener.Open(ctx, r)
	if err == nil || !n.FoldCase || !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	if f, ok := n.Opener.(interface{ Fold(string) (string, bool) }); ok {
		if r.Name, ok = f.Fold(r.Name); ok {
			return n.Opener.Open(ctx, r)
		}
	}
	return nil, err
}

// rewrite applies the rules.
func (n *Names) rewrite(name string) (string, error) {
	for _, rule := range n.Rules {
		if !rule.Match.MatchString(name) {
			continue
		}
		if rule.Refuse {
			return "", fmt.Errorf("refused by rule %s: %w", rule.Match, fs.ErrPermission)
		}
		name = rule.Match.ReplaceAllString(name, rule.Replace)
		if !rule.Continue {
			break
		}
	}
	return name, nil
}

// places lists where to look.
func (n *Names) places(r *Request, name string) []string {
	dir := n.PerAddress
	if dir == "" {
		return []string{name}
	}
	if strings.Contains(dir, "%m") {
		mac, ok := [6]byte{}, false
		if n.MAC != nil {
			mac, ok = n.MAC(*r)
		}
		if !ok {
			return []string{name}
		}
		text := fmt.Sprintf("%02x-%02x-%02x-%02x-%02x-%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5])
		dir = strings.ReplaceAll(dir, "%m", text)
	}
	addr := strings.ReplaceAll(r.Remote.Addr().WithZone("").String(), ":", "-")
	return []string{strings.ReplaceAll(dir, "%a", addr) + "/" + name, name}
}

// tidyName makes one form of the many ways firmware writes a name: backslashes, leading and doubled slashes, and what
// follows when option 67 was not terminated (0xFF and unprintable bytes at the end: old Intel UNDI, Lenovo T460).
func tidyName(name string) string {
	name, _, _ = strings.Cut(name, "\xff") // the end of DHCP's options, and no part of any UTF-8 text
	name = strings.TrimRightFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || r == utf8.RuneError })
	name = strings.ReplaceAll(name, `\`, "/")
	for strings.Contains(name, "//") {
		name = strings.ReplaceAll(name, "//", "/")
	}
	return strings.TrimPrefix(name, "/")
}
