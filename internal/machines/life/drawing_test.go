// SPDX-License-Identifier: Apache-2.0

package life

import (
	"fmt"
	"strings"
)

// place is where a state is drawn.
type place struct{ x, y int }

func places() map[State]place {
	return map[State]place{
		StateArmed: {60, 130}, StateOffered: {240, 130}, StateScript: {430, 130}, StateKernel: {620, 130}, StateInstaller: {810, 130}, StateDone: {1010, 130},
		StateTrial: {910, 270}, StateFailed: {710, 270}, StateStalled: {530, 270}, StateExhausted: {620, 400}, StateLocal: {170, 270}, StateHeld: {60, 400},
	}
}

// arrow is one transition of the drawing: the usual ones only. The table has them all.
type arrow struct {
	from State
	on   Trigger
	to   State
	path string // of the line; "": straight
	x, y int    // of its words
}

func arrows() []arrow {
	return []arrow{
		{StateArmed, TriggerBoot, StateOffered, "", 150, 122},
		{StateOffered, TriggerFile, StateScript, "", 335, 122},
		{StateScript, TriggerKernel, StateKernel, "", 525, 122},
		{StateKernel, TriggerInitrd, StateInstaller, "", 715, 122},
		{StateInstaller, TriggerDone, StateDone, "", 910, 122},
		{StateInstaller, TriggerBoot, StateTrial, "M826 149L894 250", 862, 190},
		{StateTrial, TriggerSystem, StateDone, "M926 251L994 151", 962, 214},
		{StateTrial, TriggerBoot, StateFailed, "M863 270L759 270", 812, 262},
		{StateInstaller, TriggerFailed, StateFailed, "M796 149L726 250", 756, 222},
		{StateInstaller, TriggerTime, StateStalled, "M770 149L562 250", 645, 205},
		{StateStalled, TriggerFile, StateScript, "M516 251L446 151", 484, 212},
		{StateScript, TriggerBoot, StateOffered, "M412 111C380 60 290 60 258 109", 335, 76},
		{StateFailed, TriggerFile, StateScript, "M690 289C640 345 400 345 424 151", 460, 312},
		{StateInstaller, TriggerBoot, StateExhausted, "M857 140C1120 180 1120 400 669 400", 1000, 332},
		{StateTrial, TriggerBoot, StateExhausted, "M896 289C860 350 760 380 669 390", 850, 346},
		{StateDone, TriggerRaised, StateArmed, "M1000 111C950 0 120 0 70 109", 535, 32},
		{StateExhausted, Trigger(OrderInstall), StateArmed, "M573 400C300 400 260 260 82 151", 360, 372},
		{StateLocal, TriggerRaised, StateArmed, "M150 251L74 151", 120, 222},
		{StateArmed, Trigger(OrderHold), StateHeld, "M44 149C10 230 10 300 44 379", 20, 264},
		{StateHeld, Trigger(OrderRelease), StateArmed, "M72 381C92 300 92 230 66 151", 92, 318},
	}
}

const drawingHead = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1090 435" font-family="system-ui,-apple-system,Segoe UI,sans-serif" font-size="14">
<title>The states of a machine's life and what usually takes it from one to the next</title>
<style>.bg{fill:#fff}.t{fill:#1b1f24;font-weight:600}.s{fill:#57606a;font-size:11.5px;stroke:#fff;stroke-width:4px;paint-order:stroke}.a{stroke:#8c959f;stroke-width:1.5;fill:none}.h{fill:#8c959f}.box{fill:#f3f6f8;stroke:#8c959f}.install{fill:#fdf3e1;stroke:#b7791f}.good{fill:#e3f4ec;stroke:#0a7d4f}.bad{fill:#fbe9e7;stroke:#b3402f}@media(prefers-color-scheme:dark){.bg{fill:#0d1117}.t{fill:#e6edf3}.s{fill:#9aa4ae;stroke:#0d1117}.box{fill:#161b22}.install{fill:#33270f}.good{fill:#12301f}.bad{fill:#3a1814}}</style>
<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="h" d="M0 0L10 5L0 10z"/></marker></defs>
<rect class="bg" width="1090" height="435" rx="8"/>
`

// drawing is docs/life.svg.
func drawing() string {
	var b strings.Builder
	b.WriteString(drawingHead)
	at := places()
	for _, a := range arrows() {
		path := a.path
		if path == "" {
			path = fmt.Sprintf("M%d %dL%d %d", at[a.from].x+46, at[a.from].y, at[a.to].x-46, at[a.to].y)
		}
		fmt.Fprintf(&b, "<path class=\"a\" marker-end=\"url(#head)\" d=\"%s\"/>\n", path)
	}
	for _, a := range arrows() {
		fmt.Fprintf(&b, "<text class=\"s\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", a.x, a.y, a.on)
	}
	for _, s := range States() {
		p := at[s]
		fmt.Fprintf(&b, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"92\" height=\"36\" rx=\"6\"/><text class=\"t\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
			look(s), p.x-46, p.y-18, p.x, p.y+5, s)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// look is the style of a state: by what the machine gets.
func look(s State) string {
	switch s {
	case StateArmed, StateOffered, StateScript, StateKernel, StateInstaller:
		return "install"
	case StateDone:
		return "good"
	case StateFailed, StateStalled, StateExhausted:
		return "bad"
	default:
		return "box"
	}
}
