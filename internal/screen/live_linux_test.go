// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/bootlace-net/bootlace/boot"
)

// watches notes when a tile of the fleet gets another state.
const watches = `window.seen = []; new MutationObserver(all => { for (const m of all) {
	if (m.type === 'attributes') seen.push({Name: m.target.textContent, State: m.target.className, At: Date.now()}) } })
	.observe(document.getElementById('fleet'), {attributes: true, attributeFilter: ['class'], subtree: true})`

// seen is a state as it came to the screen.
type seen struct {
	Name, State string
	At          int64 // in milliseconds
}

// TestLiveFleet: of 1,000 machines that boot at once, each step that changes a state comes to the screen. BOOTLACE_MEASURE also asks
// how soon.
func TestLiveFleet(t *testing.T) {
	const machines, a = 1000, time.Millisecond
	s := newSite(t, machines)
	s.serve(t)
	ctx := tab(t, browser(t), s.url)
	do(t, ctx, chromedp.Navigate(s.url), enters("read"), chromedp.WaitVisible("#fleet", chromedp.ByQuery), chromedp.Evaluate(watches, nil))
	time.Sleep(500 * a) // the stream is open by then; that it is open is seen by what comes
	told := map[seen]int64{}
	all := make([]*boots, machines)
	for phase, state := range []string{"booting", "trouble", "booting "} {
		for i := range machines {
			if phase == 0 {
				all[i] = s.machine(1000+i, time.Now())
			}
			told[seen{fmt.Sprintf("node%05d", i), state, 0}] = time.Now().UnixMilli()
			all[i].at = time.Now()
			if phase == 1 {
				all[i].tftp(0, "ipxe.efi", 1035264, 40000, 9)
			} else {
				all[i].dhcp(0, "67", "DISCOVER", "ipxe.efi", boot.StageROM, true)
			}
			time.Sleep(2 * a)
		}
		do(t, ctx, chromedp.Poll(fmt.Sprintf("seen.length >= %d", machines*(phase+1)), nil, chromedp.WithPollingTimeout(patience)))
	}
	var came []seen
	do(t, ctx, chromedp.Evaluate("seen", &came))
	var late []int64
	again := map[string]bool{}
	for _, c := range came {
		if c.State == "booting" && again[c.Name] {
			c.State += " "
		}
		again[c.Name] = true
		if at, ok := told[seen{c.Name, c.State, 0}]; ok {
			late = append(late, c.At-at)
		}
	}
	slices.Sort(late)
	if len(late) != 3*machines {
		t.Fatalf("%d of %d changes came to the screen", len(late), 3*machines)
	}
	p99 := late[len(late)*99/100]
	t.Logf("event to screen, 1,000 machines booting: median %d ms, p99 %d ms, worst %d ms", late[len(late)/2], p99, late[len(late)-1])
	if os.Getenv("BOOTLACE_MEASURE") != "" && p99 >= 200 {
		t.Errorf("p99 is %d ms", p99)
	}
}

// TestScrolling: 10,000 machines are drawn a screen at a time.
func TestScrolling(t *testing.T) {
	s := newSite(t, 10000)
	s.serve(t)
	ctx := tab(t, browser(t), s.url)
	do(t, ctx, chromedp.Navigate(s.url), enters("read"), chromedp.WaitVisible("#fleet", chromedp.ByQuery))
	var skipped, pieces int
	do(t, ctx, chromedp.Evaluate(`document.querySelectorAll('.g').length`, &pieces),
		chromedp.Evaluate(`[...document.querySelectorAll('.g')].filter(g => !g.querySelector('a').checkVisibility({contentVisibilityAuto: true})).length`, &skipped))
	if pieces < 50 || skipped < pieces-5 {
		t.Errorf("%d of %d pieces are left out while they are out of sight", skipped, pieces)
	}
	var run struct{ Slowest, Frames float64 }
	do(t, ctx, chromedp.Evaluate(`new Promise(done => { let last = performance.now(), slow = 0, n = 0; const step = () => { const now = performance.now();
		slow = Math.max(slow, now - last); last = now; n++; scrollBy(0, 400); n < 120 ? requestAnimationFrame(step) : done({Slowest: slow, Frames: n}) }; requestAnimationFrame(step) })`,
		&run, await))
	t.Logf("%.0f frames of scrolling, the slowest took %.0f ms", run.Frames, run.Slowest)
	do(t, ctx, chromedp.Evaluate(`scrollTo(0, document.body.scrollHeight)`, nil),
		chromedp.Poll(`[...document.querySelectorAll('.g a')].at(-1).checkVisibility({contentVisibilityAuto: true})`, nil, chromedp.WithPollingTimeout(patience)))
}
