// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// adopters notes what it is asked for.
type adopters struct {
	site *site

	mu    sync.Mutex
	asked []api.Adoption
	by    string
}

// last is what was asked for last, and how often something was.
func (a *adopters) last() (o api.Adoption, times int, by string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if times = len(a.asked); times > 0 {
		o = a.asked[times-1]
	}
	return o, times, a.by
}

func (a *adopters) Adopt(_ context.Context, code string, o api.Adoption, by string) (api.Adopted, error) {
	a.mu.Lock()
	a.asked, a.by = append(a.asked, o), by
	a.mu.Unlock()
	if o.Name == "node1" {
		return api.Adopted{}, &api.Problem{Status: http.StatusConflict, Detail: "there is a host node1 already"}
	}
	done := api.Adopted{Code: code, Name: o.Name, MAC: stranger.String(), File: "hosts/adopted.yaml"}
	if o.Preview {
		done.Content = "hosts:\n  # adopted; <script>\n  - name: " + o.Name + "\n"
		return done, nil
	}
	a.site.api.Waiting.Leave(stranger)
	a.site.note(boot.Event{Time: time.Now(), Kind: boot.EventNotice, Client: boot.Client{MAC: stranger}, Text: "adopted as host " + o.Name})
	return done, nil
}

var stranger = boot.MAC{0x52, 0x55, 0, 0, 0, 7}

// waits has a machine wait that no host names.
func (s *site) waits() (code string, a *adopters) {
	from := netip.MustParseAddr("192.0.2.77")
	c := boot.Client{MAC: stranger, Archs: []boot.Arch{boot.ArchX64}, Class: boot.ClassPXE, Addr: from, Interface: "eth0"}
	s.api.Memory.See(c)
	s.api.Memory.Inventory(stranger, boot.Inventory{At: time.Now(), Manufacturer: "Dell Inc.", Product: "PowerEdge R650", Serial: "4C4C454", Switch: "sw7", Port: "ge-0/0/7", SecureBoot: "on", Memory: 64e9}, from, machines.Claim{})
	code, _ = s.api.Waiting.Join(stranger, from)
	s.note(boot.Event{Time: time.Now(), Kind: boot.EventNotice, Client: c, Text: "waits for a decision"})
	return code, s.adopters
}

// TestAdopt: what would be written is seen before it is, and what is wrong leads back to the form with all that was said.
func TestAdopt(t *testing.T) {
	s := quietSite(t)
	code, a := s.waits()
	reader, u := s.user(t, "read"), s.user(t, "operate")
	if _, page := reader.get("/unknown"); !strings.Contains(page, code) || !strings.Contains(page, "PowerEdge R650") || strings.Contains(page, "Adopt…") {
		t.Errorf("a reader sees %s", page)
	}
	if status, _ := reader.post("/unknown/"+code, url.Values{"form": {reader.form("/unknown")}, "name": {"x"}, "write": {"yes"}}); status != http.StatusForbidden {
		t.Errorf("a reader adopts: %d", status)
	}
	if _, n, _ := a.last(); n > 0 {
		t.Errorf("%d were asked for by a reader", n)
	}
	form := url.Values{"form": {u.form("/unknown/" + code)}, "name": {"node1"}, "profile": {"debian"}, "rack": {"r7"}, "destructive": {"yes"}}
	if status, page := u.post("/unknown/"+code, form); status != http.StatusConflict || !strings.Contains(page, "there is a host node1 already") || !strings.Contains(page, `value="r7"`) || !strings.Contains(page, "<option value=\"debian\" selected>") {
		t.Errorf("%d %s", status, page)
	}
	form.Set("name", "web7")
	status, page := u.post("/unknown/"+code, form)
	if status != http.StatusOK || !strings.Contains(page, "# adopted; &lt;script&gt;") {
		t.Errorf("%d %s", status, page)
	}
	if got, _, _ := a.last(); !got.Preview {
		t.Errorf("something was written: %+v", got)
	}
	form.Set("write", "yes")
	if status, to := u.post("/unknown/"+code, form); status != http.StatusSeeOther || to != "/unknown?adopted=web7" {
		t.Errorf("%d %s", status, to)
	}
	got, _, by := a.last()
	if got.Name != "web7" || got.Profile != "debian" || got.Labels["rack"] != "r7" || !got.AllowDestructive || got.Preview || !strings.HasPrefix(by, "user operate from") {
		t.Errorf("%+v by %s", got, by)
	}
	if status, page := u.get("/unknown/" + code); status != http.StatusNotFound || !strings.Contains(page, "any more") {
		t.Errorf("afterwards: %d %s", status, page)
	}
	if _, page := u.get("/unknown?adopted=" + url.QueryEscape("<b>x")); strings.Contains(page, "boots within seconds") {
		t.Error("words of an address are shown")
	}
}
