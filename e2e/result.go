// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/e2e/trace"
)

// Result is how one boot went.
type Result struct {
	Case    Case
	Err     error         // nil: the case holds
	Took    time.Duration // from power on until the console said what it should
	Network time.Duration // from the first DHCP message to the end of the last transfer
	Trace   *trace.Trace  // nil when it did not come to a boot
	Token   string
	Accel   string // how QEMU ran
	Console string // its last lines
	Server  string // the boot server's last lines
	Dir     string // files of this boot; they may be gone
}

// Line is the result in one line.
func (r Result) Line() string {
	verdict := "PASS"
	if r.Err != nil {
		verdict = "FAIL"
	}
	return fmt.Sprintf("%s %-24s %6.1f s  network %5.1f s  %s", verdict, r.Case.Name, r.Took.Seconds(), r.Network.Seconds(), r.Case.About)
}

// Evidence is all there is to find out why a boot failed.
func (r Result) Evidence() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v\n", r.Err)
	part := func(title, text string) { fmt.Fprintf(&b, "--- %s\n%s\n", title, strings.TrimRight(text, "\n")) }
	part("serial console, its end", r.Console)
	part("boot server's log, its end", r.Server)
	if r.Trace != nil {
		part("steps", r.Steps())
		part("packets at the machine's port", r.Trace.String())
	}
	return b.String()
}

// Steps is the boot's story as text, seconds since the first packet before each line.
func (r Result) Steps() string {
	var b strings.Builder
	for _, s := range r.Trace.Story() {
		fmt.Fprintf(&b, "%8.3f  %s\n", s.At.Seconds(), s.Text)
	}
	return b.String()
}

// networkTime leaves out what firmware and kernel do on their own before the first DHCP message and after the last transfer.
func networkTime(t *trace.Trace) time.Duration {
	var first []time.Duration
	for _, d := range t.DHCP {
		first = append(first, d.At)
	}
	for _, d := range t.DHCP6 {
		first = append(first, d.At)
	}
	var last time.Duration
	for _, x := range t.Transfers() {
		last = max(last, x.End)
	}
	for _, x := range t.Requests() {
		last = max(last, x.End)
	}
	if len(first) == 0 {
		return 0
	}
	return max(0, last-slices.Min(first))
}
