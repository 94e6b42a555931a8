// SPDX-License-Identifier: Apache-2.0

package files

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
)

// Rule rewrites names, like a line of tftpd-hpa's map file.
type Rule struct {
	Match   *regexp.Regexp // anywhere in the name; anchor with ^ and $
	Replace string         // with $1, ${name}; the whole match is replaced, every time it occurs
	Final   bool           // no later rule applies
	Deny    bool           // instead: answer "access violation"
}

// Rules rewrite a name one after the other, each what the one before made of it. So a rule that denies sees what a name became,
// whatever the rules before it; one that is final ends it.
type Rules []Rule

// Apply gives the name to look up instead. The error is fs.ErrPermission.
func (rs Rules) Apply(name string) (string, error) {
	for _, r := range rs {
		if !r.Match.MatchString(name) {
			continue
		}
		if r.Deny {
			return "", fmt.Errorf("refused by rule %s: %w", r.Match, fs.ErrPermission)
		}
		if name = r.Match.ReplaceAllString(name, r.Replace); r.Final {
			break
		}
	}
	return name, nil
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
		return Rule{Match: re, Deny: true}, nil
	}
	return Rule{Match: re, Replace: text[divide+1:]}, nil
}
