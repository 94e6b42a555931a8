// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
	"github.com/bootlace-net/bootlace/e2e/trace"
)

// faults says what the packets show that must not be, whatever the console says.
func (c Case) faults(t *trace.Trace, token string) []string {
	out := c.plainFaults(t)
	out = append(out, c.serverFaults(t)...)
	if c.Silent {
		return append(out, silence(t)...)
	}
	if !c.Direct {
		out = append(out, proxyFirst(t)...)
	}
	return append(out, c.storyFaults(t, token)...)
}

// plainFaults: all that is booted must come from Bootlace, so the other DHCP server names nothing.
func (c Case) plainFaults(t *trace.Trace) []string {
	if c.DHCP.Meddles() { // that is what the case is about
		return nil
	}
	for _, d := range t.DHCP {
		plain := d.Reply && d.Src.Addr() == lab.DHCPAddr() || c.Beside && d.YIAddr.IsValid() && !d.YIAddr.IsUnspecified()
		if !plain {
			continue
		}
		si := d.SIAddr
		known := si.IsUnspecified() || si == d.Src.Addr() || c.DHCP.NextServer && si == lab.BootAddr()
		if d.BootInfo() || !known {
			return []string{fmt.Sprintf("the plain DHCP server gave boot information: %s", d)}
		}
	}
	return nil
}

// serverFaults: Bootlace never gives addresses. On 4011 the client's own address may be repeated.
func (c Case) serverFaults(t *trace.Trace) []string {
	for _, d := range t.From(lab.BootAddr()) {
		given := !d.YIAddr.IsUnspecified() && d.Src.Port() == 67
		if given && (!c.Beside || d.BootInfo() && !c.DHCP.Meddles()) {
			return []string{fmt.Sprintf("Bootlace gave an address: %s", d)}
		}
	}
	return nil
}

// logFaults looks for what Bootlace was to tell its operator.
func (c Case) logFaults(file string) []error {
	if len(c.Log)+len(c.NeverLog) == 0 {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return []error{err}
	}
	var out []error
	for _, want := range c.Log {
		if !regexp.MustCompile(want).Match(text) {
			out = append(out, fmt.Errorf("no line like %q in Bootlace's log", want))
		}
	}
	for _, bad := range c.NeverLog {
		if line := regexp.MustCompile("(?m)^.*" + bad + ".*$").Find(text); line != nil {
			out = append(out, fmt.Errorf("this should not be in Bootlace's log: %s", line))
		}
	}
	return out
}

// diskFaults counts how often the disk was installed.
func (c Case) diskFaults(file string) error {
	if c.Disk != BareDisk {
		return nil
	}
	n, err := target.Installations(file)
	if err == nil && n != c.Installed {
		err = fmt.Errorf("the disk was installed %d times, not %d", n, c.Installed)
	}
	return err
}

func silence(t *trace.Trace) []string {
	var out []string
	for _, d := range t.From(lab.BootAddr()) {
		out = append(out, fmt.Sprintf("Bootlace answered a machine it should ignore: %s", d))
	}
	if _, any := t.FirstTransfer(); any {
		out = append(out, "a machine that should be ignored transferred something")
	}
	if len(t.DHCP) == 0 {
		out = append(out, "the machine never asked: silence proves nothing")
	}
	return out
}

func proxyFirst(t *trace.Trace) []string {
	first, any := t.FirstTransfer()
	if !any {
		return []string{"nothing was transferred"}
	}
	for _, d := range t.From(lab.BootAddr()) {
		if d.Proxy() && d.At <= first {
			return nil
		}
	}
	for _, d := range t.DHCP6 {
		if d.Proxy() && d.At <= first {
			return nil
		}
	}
	return []string{"no ProxyDHCP reply came before the first transfer"}
}

// storyFaults looks for the wanted steps in order, and for those that must not be.
func (c Case) storyFaults(t *trace.Trace, token string) []string {
	var out []string
	steps := t.Story()
	rest := steps
	for _, want := range c.Story {
		at := find(rest, c.fill(want, token))
		if at < 0 {
			out = append(out, fmt.Sprintf("no step like %q where it should be in the boot's story", c.fill(want, token)))
			break
		}
		rest = rest[at+1:]
	}
	for _, bad := range c.Never {
		if at := find(steps, c.fill(bad, token)); at >= 0 {
			out = append(out, fmt.Sprintf("this step should not have been: %s", steps[at].Text))
		}
	}
	return out
}

func find(steps []trace.Step, pattern string) int {
	re := regexp.MustCompile(pattern)
	for i, s := range steps {
		if re.MatchString(s.Text) {
			return i
		}
	}
	return -1
}

// strategies gives the ways in which Bootlace made offers in a boot, in order, repetitions left out.
func strategies(t *trace.Trace) string {
	var steps []trace.Step
	for _, d := range t.From(lab.BootAddr()) {
		if d.BootInfo() {
			steps = append(steps, trace.Step{At: d.At, Text: d.Strategy()})
		}
	}
	for _, d := range t.DHCP6 {
		if d.Proxy() {
			steps = append(steps, trace.Step{At: d.At, Text: "DHCPv6 without an address"})
		}
	}
	slices.SortStableFunc(steps, func(a, b trace.Step) int { return cmp.Compare(a.At, b.At) })
	var out []string
	for _, s := range steps {
		if len(out) == 0 || out[len(out)-1] != s.Text {
			out = append(out, s.Text)
		}
	}
	return strings.Join(out, ", ")
}
