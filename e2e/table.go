// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"errors"
	"os"
	"strings"
)

// Marks between which a document has the newest report.
const (
	tableBegin = "<!-- results:"
	tableEnd   = "<!-- /results -->"
)

// PutTable puts a report, as WriteReport makes it, between the marks of a document, in place of the one before.
func PutTable(document, report string) (string, error) {
	begin, end := strings.Index(document, tableBegin), strings.Index(document, tableEnd)
	if begin < 0 || end < begin {
		return "", errors.New("there is no " + tableBegin + " … --> before a " + tableEnd)
	}
	line := strings.Index(document[begin:end], "\n")
	if line < 0 {
		return "", errors.New("the text after " + tableBegin + " … --> must begin in a line of its own")
	}
	return document[:begin+line+1] + "\n" + strings.TrimSpace(report) + "\n\n" + document[end:], nil
}

// PutTableFile does so with files.
func PutTableFile(document, report string) error {
	table, err := os.ReadFile(report)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	out, err := PutTable(string(text), string(table))
	if err != nil {
		return err
	}
	return os.WriteFile(document, []byte(out), 0o644)
}
