// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/internal/api"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// inUTC has times of day as in the tests' text.
func inUTC(t *testing.T) {
	before := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = before })
}

func TestAgo(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "now", 0: "now", 999 * time.Millisecond: "now", time.Second: "1s ago", 59 * time.Second: "59s ago", time.Minute: "1m ago",
		time.Hour: "1h ago", 47 * time.Hour: "47h ago", 48 * time.Hour: "2d ago", 1000 * time.Hour: "41d ago",
	} {
		if got := ago(noon, noon.Add(-d)); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

func TestListMachines(t *testing.T) {
	heard := noon.Add(-5 * time.Minute)
	var out bytes.Buffer
	err := listMachines(&out, []api.Machine{
		{Name: "node1", State: "armed", Profile: "debian", MACs: []string{"52:54:00:00:00:01", "52:54:00:00:00:02"}, Addresses: []string{"192.0.2.1"}, Heard: &heard},
		{Name: "52:54:00:00:00:09", State: "seen", Action: "ignore"},
	}, noon)
	want := `NAME               STATE  BOOTS     MAC                                  ADDRESS    HEARD
node1              armed  debian    52:54:00:00:00:01 52:54:00:00:00:02  192.0.2.1  5m ago
52:54:00:00:00:09  seen   (ignore)  -                                    -          never
`
	if diff := cmp.Diff(want, out.String()); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestShowMachine(t *testing.T) {
	inUTC(t)
	heard := noon.Add(-5 * time.Second)
	var out bytes.Buffer
	err := showMachine(&out, &api.Machine{
		Name: "node1", State: "kernel", Why: "attempt 2 of 3", Profile: "debian", Reasons: []api.Reason{{What: "host node1: mac", At: "hosts/h.yaml:1:9"}, {What: "its profile"}},
		MACs: []string{"52:54:00:00:00:01"}, Serial: "S1", Heard: &heard, Last: "tftp linux: complete",
		Life: &api.Life{Target: api.Target{Generation: 2, Order: 1}, Attempts: 3, Held: true, Next: "rescue",
			Done:    &api.Done{Target: api.Target{Generation: 1}, At: noon.AddDate(0, -1, 0), How: "callback"},
			Attempt: &api.Attempt{Target: api.Target{Generation: 2, Order: 1}, Number: 2, At: noon, Ending: "failed", Why: "no disk", Seen: []api.Evidence{{What: "script", At: noon}, {What: "kernel", At: noon}}}},
	}, noon)
	want := `machine    node1
state      kernel
why        attempt 2 of 3
target     generation 2, order 1
installed  generation 1, on 2025-12-02 12:00:00, shown by callback
attempt    2 of 3 at generation 2, order 1, begun on 2026-01-02 12:00:00: failed, no disk
seen       script on 2026-01-02 12:00:00
           kernel on 2026-01-02 12:00:00
held       until bootlace machines release
next boot  rescue, once
boots      debian
because    host node1: mac   (hosts/h.yaml:1:9)
           its profile
mac        52:54:00:00:00:01
serial     S1
heard      2026-01-02 11:59:55, 5s ago
last       tftp linux: complete
`
	if diff := cmp.Diff(want, out.String()); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestShowInventory is the example of docs/machines.md.
func TestShowInventory(t *testing.T) {
	inUTC(t)
	page, err := os.ReadFile("../../docs/machines.md")
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(string(page), "# bootlace machines show node1\n")
	want, _, _ = strings.Cut(want, "```")
	var out bytes.Buffer
	err = showMachine(&out, &api.Machine{Name: "node1", State: "seen", Profile: "debian", MACs: []string{"52:54:00:00:00:01"}, Inventory: &api.Inventory{
		At: noon.Add(2 * time.Second), Manufacturer: "Dell Inc.", Product: "PowerEdge R650", Serial: "4C4C454", UUID: "4c4c4544-0032-4610-8053-b7c04f4d5031", Asset: "rack 7",
		Loader: "2.0.0", Platform: "efi", CPU: "x86_64", MAC: "52:54:00:00:00:01", Chip: "SNP", NICs: []string{"52:54:00:00:00:01", "52:54:00:00:00:02"},
		Switch: "sw7", Port: "ge-0/0/7", SecureBoot: "on", CAs: []string{"Microsoft Corporation UEFI CA 2011", "Microsoft UEFI CA 2023"},
	}}, noon)
	if diff := cmp.Diff(want, out.String()); err != nil || diff != "" {
		t.Errorf("%v\n%s\n%s", err, diff, out.String())
	}
}

// story is a boot of a ROM and our iPXE, and the beginning of the next.
func story() []api.Event {
	dhcp := func(at time.Duration, stage, file string) api.Event {
		return api.Event{Time: noon.Add(at), Kind: "dhcp", DHCP: &api.DHCP{Port: "67", Stage: stage, Request: "DISCOVER", Verdict: "offer", Fresh: true, File: file}}
	}
	file := func(at time.Duration, protocol, name, outcome string, bytes int64, seconds float64) api.Event {
		return api.Event{Time: noon.Add(at), Kind: "file", File: &api.File{Protocol: protocol, Name: name, Outcome: outcome, Good: outcome == "complete", Bytes: bytes, Seconds: seconds}}
	}
	return []api.Event{
		dhcp(0, "rom", "ipxe.efi"), file(1250*time.Millisecond, "tftp", "ipxe.efi", "complete", 1_100_000, 0.25), dhcp(2*time.Second, "bootlace-ipxe", ""),
		file(2100*time.Millisecond, "http", "boot.ipxe", "complete", 669, 0.0004), file(10*time.Second, "http", "linux", "broken off", 70_000_000, 7),
		{Time: noon.Add(10 * time.Second), Kind: "notice", Text: "file has more than 65535 blocks", File: &api.File{Protocol: "tftp", Name: "linux"}},
		dhcp(time.Minute, "rom", ""),
	}
}

func TestPrintTimeline(t *testing.T) {
	inUTC(t)
	var out bytes.Buffer
	err := printTimeline(&out, &api.Timeline{Name: "node1", Events: story()})
	want := `node1, boot of 2026-01-02 12:00:00: 10.0s, 71.1 MB
AT      STEP    WHAT                             TOOK   BYTES    RATE       WHERE IN THE BOOT
+0ms    dhcp    DISCOVER: offer, ipxe.efi                                   |
+1.0s   tftp    ipxe.efi                         250ms  1.1 MB   4.4 MB/s      =
+2.0s   dhcp    DISCOVER: offer                                                   |
+2.1s   http    boot.ipxe                        0.4ms  669 B    1.7 MB/s         |
+3.0s   http    linux: broken off                7.0s   70.0 MB  10.0 MB/s           =======================
+10.0s  notice  file has more than 65535 blocks                                                            |

node1, boot of 2026-01-02 12:01:00: 0ms, 0 B
AT    STEP  WHAT             TOOK  BYTES  RATE  WHERE IN THE BOOT
+0ms  dhcp  DISCOVER: offer                     |
`
	if diff := cmp.Diff(want, out.String()); err != nil || diff != "" {
		t.Errorf("%v\n%s\n%s", err, diff, out.String())
	}
	out.Reset()
	if err := printTimeline(&out, &api.Timeline{Name: "node1"}); err != nil || out.String() != "node1: nothing was seen of it yet\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// TestPrintTimelineWithALog: what a machine said stands below its boot, whole.
func TestPrintTimelineWithALog(t *testing.T) {
	inUTC(t)
	events := story()[4:6]
	line := "anna: " + strings.Repeat("no mirror ", 10)
	events = append(events, api.Event{Time: noon.Add(5 * time.Second), Kind: "log", Text: line, Log: &api.Log{Form: "rfc3164", Program: "anna", Severity: "err"}})
	var out bytes.Buffer
	err := printTimeline(&out, &api.Timeline{Name: "node1", Events: events})
	want := `node1, boot of 2026-01-02 12:00:03: 7.0s, 70.0 MB
AT     STEP    WHAT                             TOOK  BYTES    RATE       WHERE IN THE BOOT
+0ms   http    linux: broken off                7.0s  70.0 MB  10.0 MB/s  ================================
+7.0s  notice  file has more than 65535 blocks                                                           |
+2.0s  ` + line + "\n"
	if diff := cmp.Diff(want, out.String()); err != nil || diff != "" {
		t.Errorf("%v\n%s\n%s", err, diff, out.String())
	}
}

func TestBarsLieWithinTheBoot(t *testing.T) {
	for from := time.Duration(0); from <= time.Second; from += 7 * time.Millisecond {
		for to := from; to <= time.Second; to += 11 * time.Millisecond {
			if b := bar(from, to, time.Second); len(b) > barWidth || strings.TrimLeft(b, " ") == "" {
				t.Fatalf("%v to %v: %q", from, to, b)
			}
		}
	}
	if b := bar(-time.Hour, 100*time.Hour, time.Second); len(b) != barWidth {
		t.Errorf("clocks that are at odds: %q", b)
	}
}

const hostile = "\x1b]0;owned\x07\u009b31m\u202egnp\r\n\tx\x00"

// TestNothingMovesTheCursor: whatever an appliance answers, what is printed for people is lines of plain text.
func TestNothingMovesTheCursor(t *testing.T) {
	m := api.Machine{Name: hostile, State: hostile, Why: hostile, Profile: hostile, Action: hostile, MACs: []string{hostile}, Addresses: []string{hostile}, UUID: hostile,
		Serial: hostile, Hostname: hostile, Arch: hostile, Vendor: hostile, Interface: hostile, Relay: hostile, Circuit: hostile, Remote: hostile, Last: hostile,
		Reasons: []api.Reason{{What: hostile, At: hostile}},
		Inventory: &api.Inventory{Manufacturer: hostile, Product: hostile, Serial: hostile, UUID: hostile, Asset: hostile, Loader: hostile, Platform: hostile, CPU: hostile,
			MAC: hostile, Chip: hostile, NICs: []string{hostile}, Switch: hostile, Port: hostile, SecureBoot: hostile, CAs: []string{hostile}},
		Life: &api.Life{State: hostile, Why: hostile, Next: hostile, Done: &api.Done{How: hostile}, Attempt: &api.Attempt{Ending: hostile, Why: hostile, Seen: []api.Evidence{{What: hostile}}}}}
	e := api.Event{Time: noon, Kind: hostile, Text: hostile}
	f := api.Event{Time: noon, Kind: "file", File: &api.File{Protocol: hostile, Name: hostile, Outcome: hostile, Bytes: 1, Seconds: 1}}
	d := api.Event{Time: noon, Kind: "dhcp", DHCP: &api.DHCP{Request: hostile, Verdict: hostile, File: hostile}}
	answers := map[string]any{
		"/machines": api.Page{Machines: []api.Machine{m}}, "/machines/x": m, "/machines/x/hold": api.Change{Machine: &m},
		"/machines/x/timeline": api.Timeline{Name: hostile, Events: []api.Event{e, f, d}}, "/machines/x/install": api.Problem{Status: 409, Detail: hostile},
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := answers[strings.TrimPrefix(r.URL.Path, api.Prefix)]
		if p, ok := v.(api.Problem); ok {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(p.Status)
		}
		b, _ := json.Marshal(v)
		if r.URL.Query().Has("follow") {
			for _, e := range []api.Event{e, f, d} {
				b, _ := json.Marshal(e)
				_, _ = w.Write([]byte("data: " + string(b) + "\n\n"))
			}
			b = []byte("event: end\n\n")
		}
		_, _ = w.Write(b)
	}))
	defer srv.Close()
	for _, args := range [][]string{{"list"}, {"show", "x"}, {"hold", "x"}, {"timeline", "x"}, {"timeline", "x", "--follow"}, {"install", "x"}} {
		_, stdout, stderr := bootlace(t, "", append(append([]string{"machines"}, args...), "--server", srv.URL)...)
		text := stdout + stderr
		if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' }) || !strings.Contains(text, "owned") {
			t.Errorf("%q: %q", args, text)
		}
	}
}

// TestMachinesWithoutAnAppliance: the exit codes, and what to do.
func TestMachinesWithoutAnAppliance(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	for _, tc := range []struct {
		args string
		code int
		want string
	}{
		{"list --server unix:///nowhere/api.sock", exitSystem, "no appliance answers at unix:///nowhere/api.sock: "},
		{"list --state " + t.TempDir(), exitSystem, "is bootlace serve running? --server and --state say where"},
		{"list --server nonsense", exitUsage, "--server: nonsense: expected https://HOST:PORT, http://HOST:PORT or unix:///PATH"},
		{"list --server " + other.URL, exitUsage, "is it a bootlace?"},
		{"show", exitUsage, "accepts 1 arg"},
		{"next node1 --server unix:///nowhere", exitUsage, "which profile is to be booted next? Say --profile, or --cancel for none"},
		{"next node1 --profile x --cancel", exitUsage, "which profile"},
		{"next node1 --cancel --server unix:///nowhere", exitSystem, "no appliance"},
		{"erase node1", exitUsage, "unknown command"},
	} {
		code, _, stderr := bootlace(t, "", append([]string{"machines"}, strings.Fields(tc.args)...)...)
		if code != tc.code || !strings.Contains(stderr, tc.want) {
			t.Errorf("%s: %d %s", tc.args, code, stderr)
		}
	}
	if _, err := os.Stat(runtimeSocket); err == nil {
		t.Skip("an appliance runs here")
	}
	if got := (&remote{}).address(); got != "unix:///var/lib/bootlace/api.sock" {
		t.Errorf("where it is looked for: %s", got)
	}
}
