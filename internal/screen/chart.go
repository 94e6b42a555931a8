// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"fmt"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
)

// chart is what was transferred in a time, as two small pictures 1000 wide and 100 high, and in words.
type chart struct {
	All, HTTP     string // areas of bytes a second: of both protocols, and of HTTP alone; SVG paths
	Files, Failed string // columns
	Top, Last     float64
	Bytes         int64
	Ended, Broken int
	Again         int64
	From, To      time.Time

	most int // files in one step
}

// drawChart draws the newest steps of time. The last of them has not ended.
func drawChart(minutes []api.Minute, step time.Duration, steps int, now time.Time) chart {
	loads := gathered(minutes, step, steps, now)
	c := chart{Top: 1, most: 1, To: now, From: loads[0].At}
	rate := func(l api.Minute) float64 { return float64(l.TFTP+l.HTTP) / step.Seconds() }
	for _, l := range loads {
		c.Top, c.most = max(c.Top, rate(l)), max(c.most, l.Files)
		c.Bytes += l.TFTP + l.HTTP
		c.Ended += l.Files
		c.Broken += l.Failed
		c.Again += l.Retransmits
	}
	c.Last = rate(loads[max(0, len(loads)-2)])
	c.All = area(loads, func(l api.Minute) float64 { return rate(l) / c.Top })
	c.HTTP = area(loads, func(l api.Minute) float64 { return float64(l.HTTP) / step.Seconds() / c.Top })
	c.Files = columns(loads, func(l api.Minute) float64 { return float64(l.Files) / float64(c.most) })
	c.Failed = columns(loads, func(l api.Minute) float64 { return float64(l.Failed) / float64(c.most) })
	return c
}

// gathered adds minutes up to steps. Those in which nothing was sent are not among the minutes.
func gathered(minutes []api.Minute, step time.Duration, steps int, now time.Time) []api.Minute {
	first := now.Truncate(step).Add(-step * time.Duration(steps-1))
	out := make([]api.Minute, steps)
	for i := range out {
		out[i].At = first.Add(step * time.Duration(i))
	}
	for _, m := range minutes {
		n := int(m.At.Sub(first) / step)
		if m.At.Before(first) || n >= steps {
			continue
		}
		out[n].TFTP += m.TFTP
		out[n].HTTP += m.HTTP
		out[n].Files += m.Files
		out[n].Failed += m.Failed
		out[n].Retransmits += m.Retransmits
	}
	return out
}

// area is a path along the tops of steps, closed at the bottom.
func area(loads []api.Minute, height func(api.Minute) float64) string {
	var b strings.Builder
	b.WriteString("M0 100")
	width := 1000 / float64(len(loads))
	for i, l := range loads {
		_, _ = fmt.Fprintf(&b, "V%.4gH%.5g", 100-100*height(l), width*float64(i+1)) // a builder takes all
	}
	b.WriteString("V100Z")
	return b.String()
}

// columns is a path of one column for each step that is not empty.
func columns(loads []api.Minute, height func(api.Minute) float64) string {
	var b strings.Builder
	width := 1000 / float64(len(loads))
	for i, l := range loads {
		if h := 100 * height(l); h > 0 {
			_, _ = fmt.Fprintf(&b, "M%.5g 100v-%.4gh%.4gv%.4gz", width*(float64(i)+0.1), h, width*0.8, h) // as above
		}
	}
	return b.String()
}
