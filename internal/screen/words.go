// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"fmt"
	"html/template"
	"net/url"
	"time"
)

// words are what templates can say.
func words() template.FuncMap {
	return template.FuncMap{
		"took": tookText, "size": sizeText, "rate": func(r float64) string { return sizeText(int64(r)) + "/s" },
		"clock": clockText, "ago": agoText, "path": url.PathEscape, "chartOf": chartOf, "filePath": filePath, "tone": toneOf, "sign": signOf, "date": func(t time.Time) string { return t.Format(time.RFC3339) },
	}
}

// tookText is a time that something took, in three digits.
func tookText(d time.Duration) string {
	switch s := d.Seconds(); {
	case d == 0:
		return "0"
	case s < 0.001:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case s < 0.01:
		return fmt.Sprintf("%.1f ms", s*1e3)
	case s < 1:
		return fmt.Sprintf("%.0f ms", s*1e3)
	case s < 60 && d%time.Second == 0:
		return fmt.Sprintf("%.0f s", s)
	case s < 60:
		return fmt.Sprintf("%.1f s", s)
	case s < 3600:
		return fmt.Sprintf("%d:%02d min", int(s)/60, int(s)%60)
	default:
		return fmt.Sprintf("%d:%02d h", int(s)/3600, int(s)/60%60)
	}
}

// sizeText is for people: powers of ten, as disks and networks have them.
func sizeText(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1e6:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1e9:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	default:
		return fmt.Sprintf("%.2f GB", float64(n)/1e9)
	}
}

// clockText is a time of the appliance's own clock.
func clockText(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// agoText is how long something is ago, in one unit.
func agoText(now, t time.Time) string {
	switch d := now.Sub(t); {
	case d < 2*time.Second:
		return "now"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days ago", int(d.Hours()/24))
	}
}

// titled is a chart with what it shows.
type titled struct {
	Title string
	C     chart
}

func chartOf(title string, c chart) titled { return titled{title, c} }

// filePath is where a file is shown that is made for a machine.
func filePath(id, file string) string {
	return "/m/" + url.PathEscape(id) + "/files/" + (&url.URL{Path: file}).EscapedPath()
}
