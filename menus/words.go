// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// words renders the pieces of a command line and takes them apart into words.
func (sc *scope) words(what string, texts []boot.Text) ([]string, error) {
	var out []string
	for _, t := range texts {
		s, err := sc.field(what, t, slotWords)
		if err != nil {
			return nil, err
		}
		words, err := splitWords(s)
		if err != nil {
			return nil, &templateError{t.Pos, what + ": " + err.Error()}
		}
		out = append(out, words...)
	}
	return out, nil
}

// splitWords takes a command line apart as the kernel does (next_arg in its lib/cmdline.c): at white space that is not
// between double quotes. Words keep their quotes. What one of the loaders could not carry is an error.
func splitWords(s string) ([]string, error) {
	var words []string
	for {
		s = strings.TrimLeft(s, " ")
		if s == "" {
			return words, nil
		}
		end, err := wordEnd(s)
		if err != nil {
			return nil, err
		}
		w := s[:end]
		if msg := checkIPXEWord(w); msg != "" {
			return nil, errors.New(msg)
		}
		if strings.Contains(w, "  ") {
			return nil, errors.New("iPXE cannot carry two spaces in a row")
		}
		words = append(words, w)
		s = s[end:]
	}
}

func wordEnd(s string) (int, error) {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ' ' && !quoted:
			return i, nil
		case s[i] == ' ' && checkIPXEWord(nextWord(s[i+1:])) != "":
			return 0, errors.New("a quoted word holds an operator or a comment of iPXE")
		}
	}
	if quoted {
		return 0, errors.New(`a " has no partner`)
	}
	return len(s), nil
}

func nextWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}
