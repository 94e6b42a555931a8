// SPDX-License-Identifier: Apache-2.0

package media

import (
	"slices"
	"strings"
	"unicode"
)

// Bounds of what is taken from a medium's texts.
const (
	mostOfATitle = 200  // characters
	mostOfALine  = 4096 // bytes of one entry's arguments
)

// words takes a line apart as GRUB's shell does: at blanks outside of quotes. With keep, quotes stay in the words, as in arguments of a
// kernel, which takes them out itself.
func words(line string, keep bool) (all []string) {
	var word strings.Builder
	var quote rune
	open := false
	for _, r := range line {
		switch {
		case quote == 0 && (r == '"' || r == '\''):
			quote, open = r, true
			if keep && r == '"' {
				word.WriteRune(r)
			}
		case r == quote:
			quote = 0
			if keep && r == '"' {
				word.WriteRune(r)
			}
		case quote == 0 && unicode.IsSpace(r):
			if open {
				all = append(all, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if open {
		all = append(all, word.String())
	}
	return all
}

// arguments are words of a kernel's command line.
type arguments []string

// without leaves out words, and those that begin with them and "=".
func (a arguments) without(names ...string) arguments {
	return slices.DeleteFunc(slices.Clone(a), func(word string) bool {
		key, _, _ := strings.Cut(word, "=")
		return slices.Contains(names, key) || slices.Contains(names, word)
	})
}

// with adds words that are not there yet, before the "---" behind which Debian's installers keep what goes into the installed system.
func (a arguments) with(more ...string) arguments {
	at := slices.IndexFunc(a, func(word string) bool { return word == "---" || word == "--" })
	if at < 0 {
		at = len(a)
	}
	for _, word := range more {
		if !slices.Contains(a, word) {
			a = slices.Insert(a, at, word)
			at++
		}
	}
	return a
}

// has says whether a word is there, or one that begins with it and "=".
func (a arguments) has(name string) bool { return len(a.without(name)) < len(a) }

// harmless leaves out words that would be more than text: to Go's templates, to the {url} of an image, to iPXE, to GRUB.
func (a arguments) harmless() (safe arguments) {
	size := 0
	for _, word := range a {
		more := strings.ContainsAny(word, "{}$`;\\") || word == "||" || word == "&&" || strings.HasPrefix(word, "#") ||
			strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsPrint(r) })
		if size += len(word) + 1; !more && size <= mostOfALine {
			safe = append(safe, word)
		}
	}
	return safe
}

// title makes one line for a menu of any text.
func title(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' || strings.ContainsRune("{}$`", r) }), " ")
	if runes := []rune(s); len(runes) > mostOfATitle {
		return strings.TrimSpace(string(runes[:mostOfATitle]))
	}
	return s
}
