// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/logins"
)

func quoted(s string) string { return strconv.Quote(s) }

// scene is a site in which there is something to see.
func scene(t testing.TB, more int) *site {
	s := newSite(t, more)
	now := time.Now()
	s.machine(1, now.Add(-26*time.Hour)).installs()
	s.machine(1, now.Add(-50*time.Minute)).breaks()
	s.machine(1, now.Add(-5*time.Minute)).breaks()
	s.machine(2, now.Add(-30*time.Minute)).installs()
	s.machine(3, now.Add(-20*time.Second)).firmware()
	s.machine(9, now.Add(-2*time.Hour)).firmware()
	s.serve(t)
	return s
}

// TestMachineInABrowser: the page says why a machine did not boot, and goes on with what happens.
func TestMachineInABrowser(t *testing.T) {
	s := scene(t, 0)
	top := browser(t)
	ctx := tab(t, top, s.url)
	do(t, ctx, chromedp.Navigate(s.url+"/m/node1"), enters("operate"), says("node1", "It got 13.4 MB of 39.3 MB of initrd.gz, then: broken off.", "4011", "Sent again"))
	var strips, bars int
	do(t, ctx, chromedp.Evaluate(`document.querySelectorAll('.strips tbody tr').length`, &strips),
		chromedp.Evaluate(`[...document.querySelectorAll('#boot-1 .bar')].filter(b => b.getBoundingClientRect().width > 100).length`, &bars))
	if strips != 3 || bars != 1 {
		t.Errorf("%d boots above each other, expected 3; %d long bars in the newest, expected that of the initrd alone", strips, bars)
	}
	picture(t, ctx, "machine")
	s.machine(1, time.Now()).firmware()
	do(t, ctx, says("It is booting: script."))
	s.machine(1, time.Now()).log(0, "kernel", "err", "end Kernel panic - not syncing: VFS")
	do(t, ctx, says("Console and installer log, 1 lines"))
}

// TestButtonsInABrowser: each says in words what it will do, does it when it is confirmed, and nothing before. Scripts are off.
func TestButtonsInABrowser(t *testing.T) {
	s := scene(t, 0)
	top := browser(t)
	ctx := tab(t, top, s.url)
	do(t, ctx, emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(s.url+"/m/node2"), enters("operate"))
	for _, a := range actions() {
		machine := map[string]string{"release": "node3"}[a.verb]
		if machine == "" {
			machine = "node2"
		}
		if a.verb == "release" {
			do(t, ctx, chromedp.Navigate(s.url+"/m/node3/hold"), chromedp.Click("button.main", chromedp.ByQuery), chromedp.WaitVisible("[role=status]:not(#stale)", chromedp.ByQuery))
		}
		told := len(s.words())
		do(t, ctx, chromedp.Navigate(s.url+"/m/"+machine), chromedp.Click(`//nav[@class="buttons"]/a[.="`+a.label+`"]`), chromedp.WaitVisible("button.main", chromedp.ByQuery))
		var words string
		do(t, ctx, chromedp.Text("main", &words, chromedp.ByQuery))
		if !strings.Contains(words, a.will) || !strings.Contains(words, a.danger) || len(s.words()) != told {
			t.Errorf("%s: the page says %q, and %v was done", a.verb, words, s.words()[told:])
		}
		if a.verb == "install" {
			picture(t, ctx, "confirm")
		}
		do(t, ctx, chromedp.Click("button.main", chromedp.ByQuery), chromedp.WaitVisible("[role=status]:not(#stale)", chromedp.ByQuery), chromedp.Text("[role=status]:not(#stale)", &words, chromedp.ByQuery))
		if want := map[bool]string{true: "node2 is on, says a BMC of the test.", false: a.done}[a.verb == power]; words != want {
			t.Errorf("%s: %q, expected %q", a.verb, words, want)
		}
		if now := s.words(); a.verb != power && (len(now) <= told || !strings.Contains(now[told], "by user operate")) {
			t.Errorf("%s: the log says %q", a.verb, now[told:])
		}
	}
}

// TestFleetInABrowser: it can be searched, grouped and walked through without scripts, and by keys.
func TestFleetInABrowser(t *testing.T) {
	s := scene(t, 60)
	now := time.Now()
	for i := range 44 {
		b := s.machine(1000+i, now.Add(-time.Duration(i)*time.Minute))
		switch {
		case i%11 == 5:
			b.breaks()
		case i%3 == 0:
			b.at = now
			b.firmware()
		default:
			b.firmware()
		}
	}
	ctx := tab(t, browser(t), s.url)
	do(t, ctx, chromedp.Navigate(s.url), enters("read"), says("65 machines", "compute", "storage"))
	picture(t, ctx, "fleet")
	do(t, ctx, emulation.SetScriptExecutionDisabled(true), chromedp.Reload(), chromedp.WaitVisible("#fleet", chromedp.ByQuery),
		chromedp.SendKeys("#q", "node2\r", chromedp.ByQuery), chromedp.WaitVisible(`//p[.="1 of 65 machines"]`),
		chromedp.Click(".g a", chromedp.ByQuery), chromedp.WaitVisible("#verdict", chromedp.ByQuery), chromedp.WaitNotPresent(".buttons", chromedp.ByQuery))
	do(t, ctx, emulation.SetScriptExecutionDisabled(false), chromedp.Navigate(s.url), chromedp.WaitVisible("#fleet", chromedp.ByQuery), chromedp.KeyEvent("\t"), chromedp.KeyEvent("\r"),
		chromedp.Poll(`document.activeElement.id === 'content'`, nil, chromedp.WithPollingTimeout(patience)))
	var tiles int
	do(t, ctx, chromedp.Evaluate(`[...document.querySelectorAll('.g a')].filter(a => { const s = getComputedStyle(a, '::before').content; return s && s !== 'none' }).length`, &tiles))
	if tiles != 65 {
		t.Errorf("%d of 65 tiles have a sign beside their colour", tiles)
	}
}

// TestUnknownInABrowser: who begins to wait comes to the screen by itself, and is adopted without scripts.
func TestUnknownInABrowser(t *testing.T) {
	s := scene(t, 0)
	ctx := tab(t, browser(t), s.url)
	do(t, ctx, chromedp.Navigate(s.url+"/unknown"), enters("operate"), says("Nobody waits."), chromedp.Sleep(300*time.Millisecond))
	code, a := s.waits()
	do(t, ctx, says(code, "PowerEdge R650", "ge-0/0/7"))
	picture(t, ctx, "unknown")
	do(t, ctx, emulation.SetScriptExecutionDisabled(true), chromedp.Click(`//a[starts-with(., "Adopt…")]`), chromedp.WaitVisible("#profile", chromedp.ByQuery),
		chromedp.SetValue("#profile", "rescue", chromedp.ByQuery), chromedp.SendKeys("#rack", "r7", chromedp.ByQuery), chromedp.Click("button.main", chromedp.ByQuery),
		chromedp.WaitVisible("pre", chromedp.ByQuery))
	if last, _, _ := a.last(); !last.Preview || last.Name != "4c4c454" || last.Profile != "rescue" {
		t.Errorf("asked for %+v", last)
	}
	do(t, ctx, chromedp.Click("button.main", chromedp.ByQuery), chromedp.WaitVisible(`//p[@role="status"][.="It is host 4c4c454 now, and boots within seconds."]`))
	if last, _, _ := a.last(); last.Preview || last.Labels["rack"] != "r7" {
		t.Errorf("asked for %+v", last)
	}
}

// TestNetworkInABrowser: other servers, relays, and what is transferred, as it goes on.
func TestNetworkInABrowser(t *testing.T) {
	s := scene(t, 0)
	ctx := tab(t, browser(t), s.url)
	do(t, ctx, chromedp.Navigate(s.url+"/network"), enters("read"), says("No other server was heard"), chromedp.Sleep(300*time.Millisecond))
	now := time.Now()
	for i := range 24 * 60 {
		n := i * i % 97
		m := api.Minute{At: now.Truncate(time.Minute).Add(-time.Duration(i) * time.Minute), TFTP: int64(1e6 * n), HTTP: int64(2e8 * (n + i%60)), Files: n % 13, Failed: n % 13 / 11, Retransmits: int64(n % 5)}
		s.with(func() { s.minutes = append([]api.Minute{m}, s.minutes...) })
	}
	c := boot.Client{MAC: card(77), Relay: netip.MustParseAddr("10.9.0.1")}
	s.api.Memory.See(c)
	s.note(boot.Event{Time: now, Kind: boot.EventNotice, Client: c, Text: "x"})
	s.note(boot.Event{Time: now, Kind: boot.EventNetwork, Level: boot.LevelWarn, Text: "192.0.2.9 is another ProxyDHCP server on this network", Network: &boot.Network{Rival: "proxy", Server: netip.MustParseAddr("192.0.2.9")}})
	s.note(boot.Event{Time: now, Kind: boot.EventNetwork, Level: boot.LevelInfo, Text: "configuration reloaded", Detail: "hosts=12"})
	do(t, ctx, says("192.0.2.9 is another ProxyDHCP server", "10.9.0.1", "configuration reloaded"))
	var drawn int
	do(t, ctx, chromedp.Evaluate(`[...document.querySelectorAll('.chart path')].filter(p => p.getBBox().height > 20).length`, &drawn))
	if drawn < 4 {
		t.Errorf("%d paths have something to show", drawn)
	}
	picture(t, ctx, "network")
}

// TestBooksInABrowser: what is wrong with the configuration, and a file that is made for a machine.
func TestBooksInABrowser(t *testing.T) {
	s := scene(t, 0)
	s.configured(t)
	ctx := tab(t, browser(t), s.url)
	do(t, ctx, chromedp.Navigate(s.url+"/books"), enters("read"), says("hosts/a.yaml:2:5", "two hosts have this address", "debian/12", "not what it was"))
	picture(t, ctx, "books")
	do(t, ctx, chromedp.Navigate(s.url+"/m/node7"), chromedp.Click("#files summary", chromedp.ByQuery), chromedp.Click(`//a[.="`+rendered+`"]`), says("As it would be made for this machine now", "LABEL"))
	do(t, ctx, chromedp.Navigate(s.url+"/m/node1"), chromedp.WaitVisible("#verdict", chromedp.ByQuery), says("missing/linux"))
	picture(t, ctx, "machine-plan")
}

// TestStaleInABrowser: a stream that breaks off is taken up again, with what was missed; one that is refused is told of.
func TestStaleInABrowser(t *testing.T) {
	s := scene(t, 0)
	ctx := tab(t, browser(t), s.url)
	do(t, ctx, chromedp.Navigate(s.url+"/m/node3"), enters("operate"), chromedp.Sleep(300*time.Millisecond))
	cut := func() {
		s.screen.hub.mu.Lock()
		defer s.screen.hub.mu.Unlock()
		for w := range s.screen.hub.watchers {
			close(w.news)
			delete(s.screen.hub.watchers, w)
		}
	}
	cut()
	s.machine(3, time.Now()).log(0, "kernel", "err", "said while nobody listened")
	do(t, ctx, says("Console and installer log, 1 lines"), chromedp.WaitNotVisible("#stale", chromedp.ByQuery))
	s.door.Use(&logins.Book{Format: logins.Format})
	cut()
	do(t, ctx, chromedp.WaitVisible("#stale", chromedp.ByQuery), chromedp.Click("#stale a", chromedp.ByQuery), chromedp.WaitVisible("#password", chromedp.ByQuery))
}
