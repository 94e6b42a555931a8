// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// String shows a message in two or three lines: addresses and header, boot file, options in the order sent.
func (d DHCP) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s > %s  xid=%08x secs=%d flags=%04x ci=%s yi=%s si=%s gi=%s mac=%s bytes=%d\n", d.Type(), d.Src, d.Dst,
		d.XID, d.Secs, d.Flags, d.CIAddr, d.YIAddr, d.SIAddr, d.GIAddr, d.MAC, d.Size)
	if d.File != "" || d.SName != "" {
		fmt.Fprintf(&b, "          file=%s sname=%s\n", quoted(d.File), quoted(d.SName))
	}
	fmt.Fprintf(&b, "          %s", d.Options)
	return b.String()
}

// WriteTo writes the whole story as text: DHCP, DHCPv6, TFTP, HTTP, the rest. Times are seconds since the first frame.
func (t *Trace) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, t.String())
	return int64(n), err
}

func (t *Trace) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d frames, %d bytes, %d not captured\n", t.Frames, t.Bytes, t.Lost)
	section(&b, "DHCP", t.DHCP, func(d DHCP) time.Duration { return d.At })
	section(&b, "DHCPv6", t.DHCP6, func(d DHCP6) time.Duration { return d.At })
	section(&b, "TFTP", t.tftp.all, func(x *Transfer) time.Duration { return x.At })
	section(&b, "HTTP", t.http.all, func(x *Exchange) time.Duration { return x.At })
	if len(t.notes) > 0 {
		b.WriteString("also seen:")
		for _, k := range slices.Sorted(maps.Keys(t.notes)) {
			fmt.Fprintf(&b, " %s x%d;", k, t.notes[k])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func section[T fmt.Stringer](b *strings.Builder, title string, items []T, at func(T) time.Duration) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintln(b, title)
	for _, x := range items {
		fmt.Fprintf(b, "%8.3f  %s\n", at(x).Seconds(), x)
	}
}
