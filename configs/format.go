// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Format gives YAML in the one layout there is: two spaces for each level, lists indented, one blank line at most, where
// there was one. Comments, styles, the order of keys and the text of values stay. If that cannot be done without losing
// something, src stays as it is and the error says so.
func Format(src []byte) ([]byte, error) {
	if strings.ContainsAny(strings.ReplaceAll(string(src), "\r\n", "\n"), "\r\u0085\u2028\u2029\ufeff") {
		return src, errors.New("cannot be formatted: it has line breaks other than LF or CR LF, or a byte order mark")
	}
	var out []string
	for _, doc := range splitDocuments(src) {
		b, err := formatDocument([]byte(doc))
		if err != nil {
			return src, err
		}
		if len(bytes.TrimSpace(b)) > 0 {
			out = append(out, string(b))
		}
	}
	return []byte(strings.Join(out, "---\n")), nil
}

// splitDocuments cuts where a line begins a document: the parser would take a comment below it for one of the document
// before.
func splitDocuments(src []byte) []string {
	docs := []string{""}
	for i, line := range lines(src) {
		if line == "---" {
			if i > 0 {
				docs = append(docs, "")
			}
			continue
		}
		docs[len(docs)-1] += line + "\n"
	}
	return docs
}

func formatDocument(src []byte) ([]byte, error) {
	docs, err := parseAll(src)
	if err != nil || len(docs) == 0 {
		return src, err
	}
	out, err := writeDocuments(docs)
	if err != nil {
		return nil, fmt.Errorf("yaml: %w", err)
	}
	return keepBlanks(src, docs, out)
}

func parseAll(src []byte) ([]*node, error) {
	var docs []*node
	err := eachDocument(src, func(doc *node) { docs = append(docs, doc) })
	return docs, err
}

// keepBlanks puts blank lines where they were, which nodes do not know of, and makes sure that all the rest is there.
func keepBlanks(src []byte, docs []*node, out []byte) ([]byte, error) {
	again, err := parseAll(out)
	if err != nil || len(again) != len(docs) {
		return nil, errors.New("cannot be formatted: the result would not be the same YAML")
	}
	from, to := lines(src), lines(out)
	var before []int // lines of out, counted from 0, that had a blank line above
	for i := range docs {
		if !pairUp(docs[i], again[i], func(a, b int) {
			if a, b := commentTop(from, a-1), commentTop(to, b-1); a > 0 && strings.TrimSpace(from[a-1]) == "" {
				before = append(before, b)
			}
		}) {
			return nil, errors.New("cannot be formatted: the result would not be the same YAML")
		}
	}
	result := strings.Join(squeeze(insertBlanks(to, before)), "\n") + "\n"
	if c := lostComment(from, lines([]byte(result))); c != "" {
		return nil, fmt.Errorf("cannot be formatted without losing or moving the comment %q", c)
	}
	return []byte(result), nil
}

// pairUp calls f with the lines of nodes that correspond; false if the two trees are not equal.
func pairUp(a, b *node, f func(a, b int)) bool {
	if a.Kind != b.Kind || a.Value != b.Value || a.Anchor != b.Anchor || a.ShortTag() != b.ShortTag() || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Kind != documentNode {
		f(a.Line, b.Line)
	}
	for i := range a.Content {
		if !pairUp(a.Content[i], b.Content[i], f) {
			return false
		}
	}
	return true
}

func lines(b []byte) []string {
	return strings.Split(strings.TrimRight(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n"), "\n")
}

// commentTop goes up from a line through the comments right above it that begin where the lowest of them does: one that
// is indented differently belongs to something else.
// YAML knows more line breaks than we cut at (U+0085, U+2028): a line beyond the text has no comments.
func commentTop(text []string, line int) int {
	if line >= len(text) {
		return 0
	}
	top := line
	for top > 0 && isComment(text[top-1]) && indent(text[top-1]) == indent(text[line-1]) {
		top--
	}
	return top
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func isComment(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") }

func insertBlanks(text []string, before []int) []string {
	slices.Sort(before)
	for _, at := range slices.Backward(slices.Compact(before)) {
		if at > 0 && at < len(text) && strings.TrimSpace(text[at-1]) != "" && text[at-1] != "---" {
			text = slices.Insert(text, at, "")
		}
	}
	return text
}

// squeeze makes one of several blank lines, except where they may be part of a text.
func squeeze(text []string) []string {
	block := slices.ContainsFunc(text, func(s string) bool {
		return strings.HasSuffix(s, "|") || strings.HasSuffix(s, ">") || strings.HasSuffix(s, "+") || strings.HasSuffix(s, "|-") || strings.HasSuffix(s, ">-")
	})
	if block {
		return text
	}
	return slices.CompactFunc(text, func(a, b string) bool { return a == "" && b == "" })
}

// lostComment compares the comments of two texts, in their order.
func lostComment(from, to []string) string {
	a, b := comments(from), comments(to)
	for i, c := range a {
		if i >= len(b) || b[i] != c {
			return c
		}
	}
	if !reflect.DeepEqual(a, b) {
		return b[len(a)]
	}
	return ""
}

// comments lists what stands after # where a comment may begin. What looks like one inside a text is there before and after.
func comments(text []string) []string {
	var out []string
	for _, line := range text {
		if at := strings.Index(" "+line, " #"); at >= 0 {
			out = append(out, strings.TrimRight(line[at:], " \t"))
		}
	}
	return out
}
