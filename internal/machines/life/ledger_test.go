// SPDX-License-Identifier: Apache-2.0

package life

import "fmt"

// ledger is the reference model: a log of everything that really happened, and the questions of the invariants, answered by
// reading it from its beginning. It knows nothing of records, sights, states or times.
type ledger struct {
	most  int  // attempts
	deaf  bool // boots are not always heard to begin: what is no script may be of the boot before
	lines []line
}

// line is one thing that happened. Which fields count is up to what.
type line struct {
	what string // "want", "order", "hold", "release", "next", "unreadable", "whole", "done", "counted", "claim", "operator", "runs", "given", "rescue", "disk", "lost"
	n    Target // what was given, done or claimed; Generation of "want"
	boot int    // the machine's own count of its boots
	app  int    // the appliance
	file Evidence
}

func (l *ledger) add(e line) { l.lines = append(l.lines, e) }

// until is the ledger as it was.
func (l *ledger) until(lines int) *ledger {
	return &ledger{most: l.most, deaf: l.deaf, lines: l.lines[:lines]}
}

// boots counts the boots in which n was given something that passes.
func (l *ledger) boots(n Target, passes func(line) bool) int {
	seen := map[int]bool{}
	for _, e := range l.lines {
		if e.what == "given" && e.n == n && passes(e) {
			seen[e.boot] = true
		}
	}
	return len(seen)
}

// installs is how many boots could install n: those that were given its kernel.
func (l *ledger) installs(n Target) int {
	return l.boots(n, func(e line) bool { return e.file == EvidenceKernel })
}

// mayGive says what is wrong with giving a file that installs n to the machine in this boot by this appliance now; "": nothing.
func (l *ledger) mayGive(n Target, app, boot int, file Evidence) string {
	want, tried, done, orders := map[int]int{}, 0, Target{}, 0
	held, broken, disk, same := false, false, false, false
	for _, e := range l.lines {
		switch e.what {
		case "want":
			want[e.app] = e.n.Generation
		case "order":
			orders, disk = orders+1, false
		case "hold", "release":
			held = e.what == "hold"
			disk = disk && held
		case "unreadable", "whole":
			broken = e.what == "unreadable"
		case "done":
			done = Target{max(done.Generation, e.n.Generation), max(done.Order, e.n.Order)}
		case "counted":
			same = same || e.n == n && (e.boot == boot || l.deaf || file > EvidenceKernel)
			tried, disk = max(tried, e.n.Generation), disk && e.n.Generation <= tried
		case "disk", "lost":
			disk = e.what == "disk"
		}
	}
	news := n.Generation > tried && n.Generation > done.Generation
	switch {
	case held:
		return "it is held"
	case broken:
		return "I3: the record cannot be read"
	case done.covers(n):
		return fmt.Sprintf("I2: %s is done", n)
	case !(same && file != EvidenceScript) && (n.Order != orders || n.Generation != max(want[app], tried, done.Generation)):
		return fmt.Sprintf("%s is not what is wanted", n)
	case want[app] < tried && orders == done.Order:
		return "the generation was lowered, not raised"
	case disk && !news && !same:
		return "I7: its disk was said not to boot"
	case file == EvidenceKernel && l.boots(n, func(e line) bool { return e.file == file && e.boot != boot }) >= l.most:
		return fmt.Sprintf("I1: %s was installed %d times already", n, l.installs(n))
	}
	return ""
}

// mayBeDone says whether anything showed that n is installed: a report of it, an operator, or, where installers cannot report,
// that it was given at all or that an installer was heard of.
func (l *ledger) mayBeDone(n Target, byReport bool) bool {
	for _, e := range l.lines {
		if e.what == "claim" && e.n == n || e.what == "operator" || !byReport && (e.what == "given" && e.n == n || e.what == "runs") {
			return true
		}
	}
	return false
}

// rescues are boots that were given the other profile, and orders for that.
func (l *ledger) rescues() (boots, orders int) {
	seen := map[int]bool{}
	for _, e := range l.lines {
		if e.what == "rescue" && e.file == EvidenceKernel && !seen[e.boot] {
			seen[e.boot], boots = true, boots+1
		}
		if e.what == "next" {
			orders++
		}
	}
	return boots, orders
}
