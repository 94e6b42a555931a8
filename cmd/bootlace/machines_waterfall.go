// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// Widths of a waterfall, in characters.
const (
	barWidth  = 32
	whatWidth = 60
)

// printTimeline draws the boots of a machine one below the other.
func printTimeline(out io.Writer, t *api.Timeline) error {
	if len(t.Events) == 0 {
		_, err := fmt.Fprintf(out, "%s: nothing was seen of it yet\n", boot.Printable(t.Name))
		return err
	}
	for i, b := range api.Boots(t.Events) {
		if i > 0 {
			_, _ = fmt.Fprintln(out) // as below
		}
		if err := printBoot(out, t.Name, &b); err != nil {
			return err
		}
	}
	return nil
}

// printBoot draws one boot.
func printBoot(out io.Writer, name string, b *api.Boot) error {
	began, took := b.Began(), b.Took()
	head := fmt.Sprintf("%s, boot of %s: %s, %s", name, at(began), tookText(took.Seconds()), sizeText(b.Bytes()))
	_, _ = fmt.Fprintln(out, boot.Printable(head)) // errors come from Flush
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "AT\tSTEP\tWHAT\tTOOK\tBYTES\tRATE\tWHERE IN THE BOOT")
	for i := range b.Steps {
		e := &b.Steps[i]
		if e.Log != nil {
			continue
		}
		row := []string{"+" + tookText(e.Began().Sub(began).Seconds()), stepOf(e), boot.Excerpt(what(e), whatWidth), "", "", "", ""}
		if f := e.File; f != nil && e.Kind == boot.EventFile.String() {
			row[3], row[4], row[5] = tookText(f.Seconds), sizeText(f.Bytes), rateText(f)
		}
		row[6] = bar(e.Began().Sub(began), e.Time.Sub(began), took)
		_, _ = fmt.Fprintln(w, strings.TrimRight(strings.Join(row, "\t"), " "))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return printLog(out, b, began)
}

// printLog writes what a machine said in a boot, below it: whole lines, for which there is no room among the steps.
func printLog(out io.Writer, b *api.Boot, began time.Time) (err error) {
	for i := range b.Steps {
		if e := &b.Steps[i]; e.Log != nil {
			_, err = fmt.Fprintf(out, "+%-5s %s\n", tookText(e.Began().Sub(began).Seconds()), boot.Printable(e.Text))
		}
	}
	return err
}

// bar is where a step lies in a boot: a line for what takes time, a point for what takes none.
func bar(from, to, all time.Duration) string {
	if all <= 0 {
		return "|"
	}
	place := func(d time.Duration) int { return int(min(max(d, 0), all) * barWidth / all) }
	begin, length := place(from), place(to)-place(from)
	if length == 0 {
		return strings.Repeat(" ", min(begin, barWidth-1)) + "|"
	}
	return strings.Repeat(" ", begin) + strings.Repeat("=", length)
}

// stepOf names the kind of a step.
func stepOf(e *api.Event) string {
	switch {
	case e.DHCP != nil:
		return "dhcp"
	case e.File != nil && e.Kind == boot.EventFile.String():
		return boot.Printable(e.File.Protocol)
	default:
		return boot.Printable(e.Kind)
	}
}

// what says what a step was. That a file came whole needs no word.
func what(e *api.Event) string {
	if f := e.File; f != nil && f.Good && f.Outcome == "complete" {
		return boot.Printable(f.Name)
	}
	text := e.Line()
	if e.DHCP != nil {
		text = strings.TrimPrefix(text, "dhcp ")
	} else if e.File != nil {
		text = strings.TrimPrefix(text, e.File.Protocol+" ")
	}
	return boot.Printable(text)
}

func tookText(seconds float64) string {
	switch {
	case 0 < seconds && seconds < 0.01:
		return fmt.Sprintf("%.1fms", seconds*1e3)
	case seconds < 1:
		return fmt.Sprintf("%.0fms", seconds*1e3)
	case seconds < 100:
		return fmt.Sprintf("%.1fs", seconds)
	default:
		return (time.Duration(seconds) * time.Second).String()
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

func rateText(f *api.File) string {
	if f.Seconds <= 0 || f.Bytes == 0 {
		return "-"
	}
	return sizeText(int64(float64(f.Bytes)/f.Seconds)) + "/s"
}

// printJSONLine is for streams: one object a line.
func printJSONLine(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
