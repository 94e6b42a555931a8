// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// hostile are words that are harmless as words only.
func hostile() []string {
	return []string{
		`<script>window.owned=1</script>`, `"><img src=x onerror=window.owned=1>`, `'><svg onload=window.owned=1>`, `</title><script>window.owned=1</script>`,
		`javascript:window.owned=1`, `{{.Form}}`, `" onmouseover="window.owned=1" autofocus onfocus="window.owned=1`, "\x1b[31m\u202e<b>", `</style></script><!--`, ` x onclick=window.owned=1 `,
		`&lt;img src=x onerror=window.owned=1&gt;`, `</svg><iframe srcdoc="<script>parent.owned=1</script>">`,
	}
}

// TestHostileWords: whatever packets, names, reports and logs say is shown as words and does nothing, when a page is loaded and when it
// is renewed.
func TestHostileWords(t *testing.T) {
	s := newSite(t, 0)
	s.serve(t)
	ctx := tab(t, browser(t), s.url)
	do(t, ctx, chromedp.Navigate(s.url), enters("operate"))
	code, _ := s.waits()
	for i, w := range hostile() {
		s.with(func() {
			s.findings = append(s.findings, boot.Problem{Pos: boot.Pos{File: w, Line: 1, Column: 1}, What: w, Expected: w}, boot.Problem{Warning: true, What: w})
			s.images = append(s.images, api.Image{Name: w, Title: w, Arch: w, Trust: w, Rot: []api.Rot{{Path: w, Why: w}}})
		})
		s.api.Memory.See(boot.Client{MAC: stranger, Hostname: w, Vendor: w, Serial: w, Circuit: w})
		mac := card(9 + 8*i + 1)
		says := func() {
			c := boot.Client{MAC: mac, Hostname: w, Vendor: w, User: w, Serial: w, Circuit: w, Remote: w, Interface: w, Class: boot.ClassPXE, Addr: netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)})}
			s.api.Memory.See(c)
			s.api.Memory.Inventory(mac, boot.Inventory{At: time.Now(), Manufacturer: w, Product: w, Serial: w, Asset: w, Loader: w, Platform: w, CPU: w, Chip: w, Switch: w, Port: w, SecureBoot: w, CAs: []string{w, w}}, netip.Addr{}, machines.Claim{})
			s.note(boot.Event{Time: time.Now(), Kind: boot.EventNetwork, Level: boot.LevelWarn, Text: w, Detail: w})
			s.note(boot.Event{Time: time.Now(), Kind: boot.EventNetwork, Level: boot.LevelWarn, Text: w, Network: &boot.Network{Rival: w}})
			b := &boots{s, c, time.Now()}
			b.dhcp(0, "67", w, w, boot.StageROM, true).tftp(time.Second, w, 100, 50, 1).http(time.Second, w, 100, 100).log(0, w, w, w)
			b.note(0, boot.Event{Kind: boot.EventNotice, Level: boot.LevelWarn, Text: w, Detail: w, Profile: w})
		}
		says()
		path := s.url + "/m/" + url.PathEscape(mac.String())
		for _, page := range []string{s.url + "/?q=" + url.QueryEscape(w), s.url + "/?state=" + url.QueryEscape(w), s.url + "/m/" + url.PathEscape(w),
			path + "/" + url.PathEscape(w), path + "/files/" + url.PathEscape(w), s.url + "/unknown/" + url.PathEscape(w), path} {
			do(t, ctx, chromedp.Navigate(page), chromedp.WaitVisible("h1", chromedp.ByQuery))
			harmless(t, ctx, page)
		}
		says()
		do(t, ctx, chromedp.Poll(`document.querySelectorAll('.boot').length > 1`, nil, chromedp.WithPollingTimeout(patience)),
			chromedp.Evaluate(`for (const e of document.querySelectorAll('*')) for (const k of ['mouseover', 'focus', 'click']) if (!e.closest('a, form, summary')) e.dispatchEvent(new Event(k))`, nil))
		harmless(t, ctx, fmt.Sprintf("%q, renewed", w))
	}
	for _, page := range []string{"/", "/unknown", "/unknown/" + code, "/network", "/books"} { // with all of them at once
		do(t, ctx, chromedp.Navigate(s.url+page), chromedp.WaitVisible("h1", chromedp.ByQuery))
		harmless(t, ctx, page)
	}
}

func harmless(t testing.TB, ctx context.Context, where string) {
	t.Helper()
	var owned bool
	var strange int
	do(t, ctx, chromedp.Evaluate(`'owned' in window`, &owned), chromedp.Evaluate(`document.querySelectorAll('script:not([src="/static/screen.js"]), img:not([src="/static/mark.svg"]), iframe, b b, style, a[href^="javascript"]').length +
		[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length`, &strange))
	if owned || strange > 0 {
		t.Errorf("%s: a script ran: %v; %d elements are not ours", where, owned, strange)
	}
}
