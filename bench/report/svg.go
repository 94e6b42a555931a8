// SPDX-License-Identifier: Apache-2.0

package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	barHeight   = 13
	caseGap     = 18
	labelWidth  = 175
	panelWidth  = 330
	panelGap    = 95
	plotTop     = 92
	plotWidth   = labelWidth + 2*panelWidth + 2*panelGap
	legendWidth = 142
)

// panel is one column of bars.
type panel struct {
	title string
	x     int
	value func(Row) float64
	text  func(Row) string
}

// SVG draws the named cases (all for none): CPU per block on the left, blocks per second on the right, one bar per server. Each case
// has a scale of its own, so that a slow case is as readable as a fast one; the figures stand beside the bars.
func (r *Report) SVG(w io.Writer, only ...string) error {
	names := cases(r.Rows)
	if len(only) > 0 {
		names = slices.DeleteFunc(names, func(n string) bool { return !slices.Contains(only, n) })
	}
	servers := r.palette()
	var body strings.Builder
	y := plotTop
	panels := []panel{
		{"CPU per block (shorter is better)", labelWidth, func(r Row) float64 { return r.CPUPerBlock.Seconds() }, func(r Row) string { return Short(r.CPUPerBlock) }},
		{"blocks per second (longer is better)", labelWidth + panelWidth + panelGap, func(r Row) float64 { return r.BlocksPerSecond }, func(r Row) string { return count(r.BlocksPerSecond) }},
	}
	for _, name := range names {
		rows := slices.DeleteFunc(rowsOf(r.Rows, name), func(r Row) bool { return !r.Measured() })
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(&body, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" font-weight=\"600\">%s</text>\n", labelWidth-10, y+barHeight-2, escape(name))
		for _, p := range panels {
			bars(&body, p, rows, servers, y)
		}
		y += len(rows)*barHeight + caseGap
	}
	_, err := fmt.Fprintf(w, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"11\" fill=\"#222\">\n"+
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n%s%s</svg>\n", plotWidth, y, plotWidth, y, heading(panels, servers), body.String())
	return err
}

// key is a server and its colour.
type key struct{ server, colour string }

// palette gives colours to servers as they appear: those that are measured blue ones, peers the rest of Okabe and Ito's set, which people
// who see colours differently can tell apart, and the floor grey.
func (r *Report) palette() []key {
	own := []string{"#0072b2", "#56b4e9", "#8fb8de", "#004c78", "#b9d7ee"}
	peers := []string{"#d55e00", "#009e73", "#cc79a7", "#e69f00", "#882255"}
	var keys []key
	var owns, others int
	for _, row := range r.Rows {
		if slices.ContainsFunc(keys, func(k key) bool { return k.server == row.Server }) {
			continue
		}
		colour := "#999999"
		switch {
		case row.Peer:
			colour = peers[others%len(peers)]
			others++
		case !row.Floor:
			colour = own[owns%len(own)]
			owns++
		}
		keys = append(keys, key{row.Server, colour})
	}
	return keys
}

// colour finds a server's.
func colour(servers []key, server string) string {
	return servers[slices.IndexFunc(servers, func(k key) bool { return k.server == server })].colour
}

func heading(panels []panel, servers []key) string {
	var b strings.Builder
	b.WriteString("<text x=\"12\" y=\"22\" font-size=\"15\" font-weight=\"600\">TFTP servers on the same load</text>\n")
	x, y := 12, 42
	for _, s := range servers {
		if x+legendWidth > plotWidth {
			x, y = 12, y+16
		}
		fmt.Fprintf(&b, "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s</text>\n", x, y-9, s.colour, x+14, y, escape(s.server))
		x += legendWidth
	}
	for _, p := range panels {
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" font-size=\"12\" font-weight=\"600\">%s</text>\n", p.x, plotTop-12, p.title)
	}
	return b.String()
}

func bars(b *strings.Builder, p panel, rows []Row, servers []key, y int) {
	top := 0.0
	for _, r := range rows {
		top = max(top, p.value(r))
	}
	for i, r := range rows {
		width := 1.0
		if top > 0 {
			width = max(1, p.value(r)/top*panelWidth)
		}
		at := y + i*barHeight
		fmt.Fprintf(b, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"><title>%s: %s</title></rect><text x=\"%.1f\" y=\"%d\" font-size=\"10\">%s</text>\n",
			p.x, at, width, barHeight-2, colour(servers, r.Server), escape(r.Server), p.text(r), float64(p.x)+width+4, at+barHeight-3, p.text(r))
	}
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
