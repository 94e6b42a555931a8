// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"strings"
)

// HostYAML gives machines as hosts for hosts/*.yaml, with what was seen of each in comments.
func HostYAML(machines []Sighting) string {
	var b strings.Builder
	b.WriteString("hosts:\n")
	for i := range machines {
		machines[i].write(&b)
	}
	return b.String()
}

// write adds a host. What a machine says of itself is put into one line: a packet could hold anything.
func (x *Sighting) write(b *strings.Builder) {
	lines := "lines"
	if x.Lines == 1 {
		lines = "line"
	}
	fmt.Fprintf(b, "  # seen in %d %s, first %s, last %s\n", x.Lines, lines, oneLine(x.First), oneLine(x.Last))
	for _, f := range x.Seen {
		fmt.Fprintf(b, "  #   %s: %s\n", f.Name, oneLine(f.Value))
	}
	fmt.Fprintf(b, "  - name: %s\n    match: {mac: \"%s\"}\n    # profile: what it is to boot\n", x.name(), x.MAC)
}

// oneLine keeps text inside its comment.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return '?'
		}
		return r
	}, s)
}
