// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// cmdline is a list of parameters, or a change to the inherited one.
type cmdline struct {
	words   []boot.Text
	replace bool
	remove  []string
}

type cmdlineEdit struct {
	Replace []boot.Text `yaml:"replace" doc:"Parameters instead of all inherited ones."`
	Add     []boot.Text `yaml:"add" doc:"Parameters to merge by key."`
	Remove  []string    `yaml:"remove" doc:"Keys of parameters to drop."`
}

func (c *cmdline) decode(d *decoder, n *node, path string) {
	if isNull(n) {
		return
	}
	if n.Kind != mappingNode {
		d.plain(n, &c.words, path)
		c.words = splitAll(c.words)
		return
	}
	var e cmdlineEdit
	d.plain(n, &e, path)
	c.words = splitAll(slices.Concat(e.Replace, e.Add))
	c.remove = e.Remove
	for _, p := range d.pairs(n, path) {
		c.replace = c.replace || p.key.Value == "replace"
	}
}

func (*cmdline) describe() string { return "a list of texts, or a mapping" }

func splitAll(in []boot.Text) []boot.Text {
	var out []boot.Text
	for _, t := range in {
		out = append(out, splitWords(t)...)
	}
	return out
}

// splitWords takes several parameters in one text apart, so that each can be merged by its key. Text between quotes or
// braces stays together, and what a template decides about stays as it is.
func splitWords(t boot.Text) []boot.Text {
	if conditional(t.S) {
		return []boot.Text{t}
	}
	var out []boot.Text
	start, quoted, braces := 0, false, 0
	flush := func(end int) {
		if end > start {
			out = append(out, boot.Text{S: t.S[start:end], Pos: t.Pos})
		}
		start = end + 1
	}
	for i := 0; i < len(t.S); i++ {
		switch {
		case strings.HasPrefix(t.S[i:], "{{"):
			braces++
		case strings.HasPrefix(t.S[i:], "}}"):
			braces--
		case t.S[i] == '"' && braces == 0:
			quoted = !quoted
		case strings.IndexByte(" \t\r\n", t.S[i]) >= 0 && braces <= 0 && !quoted:
			flush(i)
		}
	}
	flush(len(t.S))
	return out
}

// conditional reports whether a template has actions that span text.
func conditional(s string) bool {
	for rest := s; ; {
		_, after, ok := strings.Cut(rest, "{{")
		if !ok {
			return false
		}
		word := strings.TrimLeft(after, "- \t")
		for _, k := range []string{"if", "range", "with", "define", "block", "else", "end"} {
			if strings.HasPrefix(word, k) {
				return true
			}
		}
		rest = after
	}
}
