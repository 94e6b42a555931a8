// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"strings"
)

// Lines between which a document keeps what this program writes.
const (
	markBegin = "<!-- bench -->\n"
	markEnd   = "<!-- end -->\n"
)

// save writes a file. Of a document that has the marks, only what is between them is replaced.
func save(path, text string) error {
	if old, err := os.ReadFile(path); err == nil {
		text = between(string(old), text)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// between puts text between the marks of doc; without marks it is all there is.
func between(doc, text string) string {
	head, rest, found := strings.Cut(doc, markBegin)
	_, tail, ended := strings.Cut(rest, markEnd)
	if !found || !ended {
		return text
	}
	return head + markBegin + "\n" + strings.Trim(text, "\n") + "\n\n" + markEnd + tail
}
