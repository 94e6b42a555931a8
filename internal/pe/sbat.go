// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Bounds of SBAT metadata; a program has two to six lines.
const (
	maxSBAT      = 64 << 10
	maxSBATLines = 128
	maxWord      = 256 // bytes of a word that is kept
)

// Component is a line of a program's SBAT section (shim's SBAT.md): how often what it is made of had to be revoked.
type Component struct {
	Name       string `json:"name"`
	Generation uint64 `json:"generation"`
	Vendor     string `json:"vendor,omitempty"`
	Package    string `json:"package,omitempty"`
	Version    string `json:"version,omitempty"`
	URL        string `json:"url,omitempty"`
}

// ParseSBAT reads the lines of a section .sbat: name, generation, and at most four more words. Zeroes end it.
func ParseSBAT(text string) (all []Component, err error) {
	err = sbatLines(text, func(word func(int) string, generation uint64) {
		all = append(all, Component{word(0), generation, word(2), word(3), word(4), word(5)})
	})
	return all, err
}

// Level is a line of a level: a component of a lower generation is refused.
type Level struct {
	Name       string `json:"name"`
	Generation uint64 `json:"generation"`
}

// Levels are the least generations that are started.
type Levels struct {
	Date  string  `json:"date"` // as they are called: "2025051000"
	Least []Level `json:"least"`
}

// ParseLevels reads levels, as shim brings them and firmware keeps them in the variable SbatLevel: "sbat,1,2025051000", whose last word
// is their date, then a name and a generation in each line.
func ParseLevels(text string) (l Levels, err error) {
	err = sbatLines(text, func(word func(int) string, generation uint64) {
		if word(0) == "sbat" {
			l.Date = word(2)
			return
		}
		l.Least = append(l.Least, Level{word(0), generation})
	})
	return l, err
}

// Refuse gives the component of a program that is too old for them, and the generation that it takes; false if none is.
func (l *Levels) Refuse(program []Component) (c Component, least uint64, refused bool) {
	for _, c := range program {
		for _, level := range l.Least {
			if c.Name == level.Name && c.Generation < level.Generation {
				return c, level.Generation, true
			}
		}
	}
	return Component{}, 0, false
}

func sbatLines(text string, line func(word func(int) string, generation uint64)) error {
	text, _, _ = strings.Cut(text, "\x00")
	if len(text) > maxSBAT {
		return fmt.Errorf("SBAT of %d bytes: expected at most %d", len(text), maxSBAT)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	for n := 1; ; n++ {
		words, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("SBAT: %w", err)
		case n > maxSBATLines:
			return fmt.Errorf("SBAT: more than %d lines", maxSBATLines)
		case len(words) < 2 || words[0] == "":
			return fmt.Errorf("SBAT line %d: expected a name and a generation", n)
		}
		generation, err := strconv.ParseUint(strings.TrimSpace(words[1]), 10, 32)
		if err != nil || generation == 0 {
			return fmt.Errorf("SBAT line %d: generation %.20q: expected a number from 1 on", n, words[1])
		}
		line(wordsOf(words), generation)
	}
}

// wordsOf gives the words of a line, each of a bounded length; those that are not there are empty.
func wordsOf(words []string) func(int) string {
	return func(i int) string {
		if i >= len(words) {
			return ""
		}
		w := words[i]
		return strings.Clone(w[:min(len(w), maxWord)])
	}
}
