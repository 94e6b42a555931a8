// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"strings"
	"testing"
)

// TestBounded: a file with more mistakes than anybody would read does not hide what is wrong elsewhere, nor its own warnings.
func TestBounded(t *testing.T) {
	var problems []Problem
	for i := range 100_000 {
		problems = append(problems, Problem{Pos: Pos{"a", i + 1, 1}, What: "mistake"})
	}
	problems = append(problems, Problem{Pos: Pos{"a", 200_000, 1}, What: "doubt", Warning: true}, Problem{Pos: Pos{"b", 1, 1}, What: "mistake"})
	got := Bounded(problems)
	if len(got) != 103 {
		t.Fatalf("%d problems", len(got))
	}
	var lines []string
	for _, p := range got[99:] {
		lines = append(lines, p.Error())
	}
	if all := strings.Join(lines, "\n"); all != "a:100:1: mistake\na: and 99900 more\na:200000:1: doubt\nb:1:1: mistake" {
		t.Errorf("got\n%s", all)
	}
	if few := problems[:100]; len(Bounded(few)) != 100 {
		t.Error("a hundred are too many")
	}
}

// TestProblemIsPrintable: what a file holds cannot write more than its own words to a terminal.
func TestProblemIsPrintable(t *testing.T) {
	p := Problem{Pos: Pos{"f", 1, 2}, What: "unknown key a\x1b[2J\nb", Expected: "did you mean c\x07?"}
	if got := p.Error(); got != "f:1:2: unknown key a?[2J?b: did you mean c??" {
		t.Errorf("%q", got)
	}
}
