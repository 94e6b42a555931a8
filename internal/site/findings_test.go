// SPDX-License-Identifier: Apache-2.0

package site

import (
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// TestFindingsAreBounded: a file with very many mistakes does not fill the screen, but all of them are counted.
func TestFindingsAreBounded(t *testing.T) {
	var problems []boot.Problem
	for i := range 5000 {
		problems = append(problems, boot.Problem{Pos: boot.Pos{File: "h.yaml", Line: i + 1, Column: 1}, What: "mistake"})
	}
	problems = append(problems, boot.Problem{Pos: boot.Pos{File: "h.yaml", Line: 1, Column: 1}, What: "doubt", Warning: true})
	f := findingsOf(problems)
	if errors, warnings := f.Counts(); errors != 5000 || warnings != 1 {
		t.Errorf("%d errors, %d warnings", errors, warnings)
	}
	if len(f.Errors) != 101 || f.Errors[100].Problem().Error() != "h.yaml: and 4900 more" || len(f.Warnings) != 1 {
		t.Errorf("%d errors, the last is %+v", len(f.Errors), f.Errors[len(f.Errors)-1])
	}
}
