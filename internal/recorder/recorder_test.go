// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/syslogd"
)

var (
	node1 = boot.MAC{0x52, 0x54, 0, 0, 0, 1}
	start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

// diary is a recorder with all that it says.
type diary struct {
	*Recorder
	out     bytes.Buffer
	stories *machines.Memory
	at      time.Time
}

func newDiary(level boot.Level) *diary {
	d := &diary{at: start, stories: machines.New(machines.Options{})}
	d.Recorder = New(Log{Out: &d.out, Level: level, NoTime: true}, d.stories, func() time.Time { return d.at })
	return d
}

// lines gives what was said since the last call.
func (d *diary) lines() []string {
	defer d.out.Reset()
	return strings.FieldsFunc(d.out.String(), func(r rune) bool { return r == '\n' })
}

func dhcp(mac boot.MAC) boot.Event {
	return boot.Event{Time: start, Kind: boot.EventDHCP, Level: boot.LevelInfo, Client: boot.Client{MAC: mac}, Text: "offered x",
		Exchange: &boot.Exchange{Port: "67", Verdict: "offer", Answered: true}}
}

func TestLines(t *testing.T) {
	client := boot.Client{MAC: node1, Archs: []boot.Arch{boot.ArchX64}, Class: boot.ClassPXE, Interface: "eth0", Serial: "S1", Hostname: "evil\x1b[2J",
		Vendor: "PXEClient", UUID: boot.UUID{0x4c, 1}, Relay: netip.MustParseAddr("192.0.2.1"), Circuit: "port 7", Remote: "switch"}
	for _, tt := range []struct {
		what  string
		event boot.Event
		want  string
	}{
		{"an offer", boot.Event{Kind: boot.EventDHCP, Level: boot.LevelInfo, Client: client, Host: "node1", Profile: "debian", Text: "offered m/x/ipxe.efi",
			Exchange: &boot.Exchange{Port: "67", Request: "DISCOVER", Verdict: "offer", Strategy: boot.StrategySkip, Why: "usual", File: "m/x/ipxe.efi",
				To: netip.MustParseAddrPort("255.255.255.255:68")}},
			`{"level":"info","step":"dhcp","mac":"52:54:00:00:00:01","host":"node1","profile":"debian","port":"67","interface":"eth0","request":"DISCOVER",` +
				`"arch":"uefi-x64","stage":"rom","relay":"192.0.2.1","strategy":"skip","why":"usual","verdict":"offer","file":"m/x/ipxe.efi",` +
				`"to":"255.255.255.255:68","message":"offered m/x/ipxe.efi"}`},
		{"an offer to U-Boot", boot.Event{Kind: boot.EventDHCP, Level: boot.LevelInfo, Client: boot.Client{MAC: node1, Archs: []boot.Arch{boot.ArchARM64UBoot}},
			Text: "offered m/x/", Exchange: &boot.Exchange{Port: "67", Request: "DISCOVER", Verdict: "offer", Strategy: boot.StrategyUBoot, Why: "usual", File: "m/x/"}},
			`{"level":"info","step":"dhcp","mac":"52:54:00:00:00:01","port":"67","request":"DISCOVER","arch":"uboot-arm64","stage":"rom",` +
				`"strategy":"uboot","why":"usual","verdict":"offer","file":"m/x/","message":"offered m/x/"}`},
		{"a loop", boot.Event{Kind: boot.EventDHCP, Level: boot.LevelWarn, Client: boot.Client{MAC: node1}, Text: "left to its disk", Detail: "d",
			Exchange: &boot.Exchange{Port: "67", Verdict: "loop", Returns: 9}},
			`{"level":"warn","step":"dhcp","mac":"52:54:00:00:00:01","port":"67","verdict":"loop","returns":9,"detail":"d","message":"left to its disk"}`},
		{"a request over HTTP", boot.Event{Kind: boot.EventFile, Level: boot.LevelError, Client: boot.Client{MAC: node1}, Host: "node1", Text: "/seed", Detail: "no such secret",
			Transfer: &boot.Transfer{Protocol: boot.HTTP, Name: "/seed", Remote: netip.MustParseAddrPort("[::ffff:192.0.2.7]:99"), By: "dhcp", Outcome: "internal server error",
				Method: "GET", Status: 500, Bytes: 54, Duration: 1234567 * time.Nanosecond, Agent: "iPXE/2.0"}},
			`{"level":"error","step":"http","mac":"52:54:00:00:00:01","host":"node1","ip":"192.0.2.7","by":"dhcp","file":"/seed","outcome":"internal server error",` +
				`"method":"GET","status":500,"bytes":54,"took":"1.23ms","agent":"iPXE/2.0","detail":"no such secret","message":"/seed"}`},
		{"a stranger", boot.Event{Kind: boot.EventUnknown, Level: boot.LevelInfo, Client: client, Text: "nobody knows it", Detail: "ignore"},
			`{"level":"info","step":"unknown","mac":"52:54:00:00:00:01","arch":"uefi-x64","serial":"S1","hostname":"evil?[2J","vendor":"PXEClient","interface":"eth0",` +
				`"circuit":"port 7","remote":"switch","uuid":"4c010000-0000-0000-0000-000000000000","relay":"192.0.2.1","policy":"ignore","message":"nobody knows it"}`},
		{"another server", boot.Event{Kind: boot.EventNetwork, Level: boot.LevelWarn, Text: "stop it", Client: boot.Client{MAC: node1, Interface: "eth0"},
			Network: &boot.Network{Rival: "proxy", Server: netip.MustParseAddr("192.0.2.9")}},
			`{"level":"warn","step":"dhcp","mac":"52:54:00:00:00:01","interface":"eth0","rival":"proxy","server":"192.0.2.9","message":"stop it"}`},
		{"the network", boot.Event{Kind: boot.EventNetwork, Level: boot.LevelWarn, Text: "another server\nof evil", Detail: "d"},
			`{"level":"warn","detail":"d","message":"another server?of evil"}`},
	} {
		d := newDiary(boot.LevelInfo)
		d.Record(tt.event)
		if got := d.lines(); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.what, got, tt.want)
		}
	}
}

func TestTextForPeople(t *testing.T) {
	var out bytes.Buffer
	New(Log{Out: &out, Text: true, NoTime: true}, nil, time.Now).Record(dhcp(node1))
	if got := out.String(); !strings.Contains(got, "INF offered x mac=52:54:00:00:00:01 port=67 step=dhcp verdict=offer") {
		t.Errorf("%q", got)
	}
}

func TestSay(t *testing.T) {
	d := newDiary(boot.LevelInfo)
	d.Say(boot.LevelInfo, "serving", "listen", []string{"tftp [::]:69"}, "hosts", 3, "unknown", boot.ActionMenu, "interfaces", []string(nil),
		"error", error(nil), "took", 1234567*time.Nanosecond, "cause", errors.New("none"))
	want := `{"level":"info","listen":["tftp [::]:69"],"hosts":3,"unknown":"menu","took":"1.23ms","cause":"none","message":"serving"}`
	if got := d.lines(); len(got) != 1 || got[0] != want {
		t.Errorf("%s", got)
	}
	story := d.stories.Story(boot.MAC{})
	if len(story) != 1 || story[0].Text != "serving" || !story[0].Time.Equal(start) || !strings.Contains(story[0].Detail, "hosts=3 unknown=menu") {
		t.Errorf("the network's story: %+v", story)
	}
}

// TestLogsOfMachines: what a machine says of itself is in its story, safe to look at, and in our log only for those who look. The
// numbers are the receiver's.
func TestLogsOfMachines(t *testing.T) {
	line := boot.Event{Kind: boot.EventLog, Level: boot.LevelWarn, Client: boot.Client{MAC: node1, Addr: netip.MustParseAddr("192.0.2.7")}, Host: "node1",
		Text: "an\x1bna: no mirror", Log: &boot.LogLine{Form: "rfc3164", Program: "an\x1bna", Severity: "err"}}
	d := newDiary(boot.LevelDebug)
	d.Record(line)
	want := `{"level":"debug","step":"log","mac":"52:54:00:00:00:01","host":"node1","ip":"192.0.2.7","form":"rfc3164","severity":"err","message":"an?na: no mirror"}`
	if got := d.lines(); len(got) != 1 || got[0] != want {
		t.Errorf("%s", got)
	}
	d = newDiary(boot.LevelInfo)
	for range 100 {
		d.Record(line)
	}
	if got := d.lines(); len(got) != 0 {
		t.Errorf("%s", got)
	}
	if story := d.stories.Story(node1); len(story) != 100 || story[0].Log.Program != "an?na" || story[0].Level != boot.LevelWarn || !story[0].Time.Equal(start) || line.Log.Program != "an\x1bna" {
		t.Errorf("%+v", story)
	}
	d.ShowSyslog(func() syslogd.Stats {
		return syslogd.Stats{Lines: map[syslogd.Form]uint64{syslogd.IPXE: 3}, Dropped: map[syslogd.Reason]uint64{syslogd.Flood: 4}}
	})
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{`bootlace_syslog_lines_total{form="ipxe"} 3`, `bootlace_syslog_dropped_total{reason="flood"} 4`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("/metrics has no %s", want)
		}
	}
}

func TestStoriesAreKeptWhateverTheLevelOfTheLog(t *testing.T) {
	d := newDiary(boot.LevelError)
	file := boot.Event{Kind: boot.EventFile, Level: boot.LevelInfo, Client: boot.Client{MAC: node1}, Text: strings.Repeat("x\n", 999), Transfer: &boot.Transfer{Name: "a\nb"}}
	d.Record(file)
	noise := dhcp(node1)
	noise.Level = boot.LevelDebug
	d.Record(noise)
	if lines := d.lines(); len(lines) != 0 {
		t.Errorf("%q", lines)
	}
	story := d.stories.Story(node1)
	if len(story) != 1 || len(story[0].Text) > 510 || strings.Contains(story[0].Text, "\n") || story[0].Transfer.Name != "a?b" {
		t.Errorf("%+v", story)
	}
	if file.Transfer.Name != "a\nb" {
		t.Error("the emitter's own event was changed")
	}
	if !story[0].Time.Equal(start) {
		t.Errorf("an event without a time has %v", story[0].Time)
	}
}

func TestOneMachineCannotFillTheLog(t *testing.T) {
	d := newDiary(boot.LevelInfo)
	for range 50 {
		d.Record(dhcp(node1))
	}
	if n := len(d.lines()); n != linesPerMinute {
		t.Errorf("%d lines in a minute, want %d", n, linesPerMinute)
	}
	d.Record(dhcp(boot.MAC{2}))
	if n := len(d.lines()); n != 1 {
		t.Errorf("another machine has %d lines", n)
	}
	later := dhcp(node1)
	later.Time = start.Add(61 * time.Second)
	d.Record(later)
	got := d.lines()
	if len(got) != 2 || !strings.Contains(got[0], "lines were left out") || !strings.Contains(got[0], `"30 lines"`) || !strings.Contains(got[0], node1.String()) {
		t.Errorf("a minute later: %q", got)
	}
	noise := dhcp(node1)
	noise.Level = boot.LevelDebug
	d.Record(noise)
	if got := d.lines(); len(got) != 0 {
		t.Errorf("details are said: %q", got)
	}
}

func TestInventedMachinesCannotFillTheLog(t *testing.T) {
	for _, tt := range []struct {
		kind   boot.EventKind
		most   int
		notice string
	}{{boot.EventDHCP, dhcpAtOnce, "about DHCP"}, {boot.EventFile, filesAtOnce, "about files"}, {boot.EventUnknown, strangersPerMinute, ""}, {boot.EventNotice, othersAtOnce, ""}} {
		d := newDiary(boot.LevelInfo)
		for i := range 3 * tt.most {
			e := dhcp(boot.MAC{2, 0, 0, byte(i >> 16), byte(i >> 8), byte(i)})
			e.Kind = tt.kind
			d.Record(e)
		}
		want := tt.most
		if tt.notice != "" {
			want++
		}
		lines := d.lines()
		if len(lines) != want || !strings.Contains(strings.Join(lines[tt.most:], ""), tt.notice) {
			t.Errorf("%v: %d lines, want %d with %q", tt.kind, len(lines), want, tt.notice)
		}
		e := dhcp(node1)
		e.Kind, e.Time = tt.kind, start.Add(2*time.Minute)
		d.Record(e)
		lines = d.lines()
		if want = 1; tt.notice != "" {
			want++
		}
		if n := len(lines); n != want || tt.notice != "" && (!strings.Contains(lines[0], tt.notice+" were left out") || !strings.Contains(lines[0], fmt.Sprintf("%d lines", 2*tt.most))) {
			t.Errorf("%v: two minutes later: %q", tt.kind, lines)
		}
	}
}

func TestOnce(t *testing.T) {
	d := newDiary(boot.LevelInfo)
	said := func(kind boot.EventKind, mac boot.MAC, after time.Duration, text string) int {
		d.Record(boot.Event{Time: start.Add(after), Kind: kind, Level: boot.LevelWarn, Client: boot.Client{MAC: mac}, Text: text, Once: time.Hour})
		return len(d.lines())
	}
	other := boot.MAC{2, 2}
	for i, tt := range []struct {
		kind  boot.EventKind
		mac   boot.MAC
		after time.Duration
		text  string
		want  int
	}{
		{boot.EventNotice, node1, 0, "a", 1}, {boot.EventNotice, node1, 59 * time.Minute, "a", 0}, {boot.EventNotice, node1, 59 * time.Minute, "b", 1},
		{boot.EventNotice, other, 59 * time.Minute, "a", 1}, {boot.EventNotice, node1, 60 * time.Minute, "a", 1},
		{boot.EventNetwork, node1, 0, "n", 1}, {boot.EventNetwork, other, time.Minute, "n", 0}, // whichever machine it was seen by
	} {
		if got := said(tt.kind, tt.mac, tt.after, tt.text); got != tt.want {
			t.Errorf("%d: %d lines, want %d", i, got, tt.want)
		}
	}
}

func TestMetrics(t *testing.T) {
	d := newDiary(boot.LevelError)
	d.ShowMachines(d.stories.Stats)
	for _, status := range []int{200, 200, 404} {
		d.Record(boot.Event{Kind: boot.EventFile, Client: boot.Client{MAC: node1}, Level: boot.LevelInfo,
			Transfer: &boot.Transfer{Protocol: boot.HTTP, Status: status, Bytes: 10, Duration: time.Second}})
	}
	d.Record(boot.Event{Kind: boot.EventFile, Transfer: &boot.Transfer{Protocol: boot.TFTP, Bytes: 1000}})
	d.Reloaded(false)
	catalog, problems := boot.Build(boot.Spec{})
	if catalog == nil {
		t.Fatal(problems)
	}
	d.InUse(catalog)
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`bootlace_http_requests_total{code="200"} 2`, `bootlace_http_requests_total{code="404"} 1`, "bootlace_http_bytes_total 30", "bootlace_http_seconds_count 3",
		`bootlace_config_reloads_total{result="ok"} 0`, `bootlace_config_reloads_total{result="refused"} 1`,
		"bootlace_config_loaded_timestamp_seconds 1.767323045e+09", "bootlace_config_hosts 0", "bootlace_config_profiles 0",
		"bootlace_machines 1", "bootlace_machine_events 3", "bootlace_machines_forgotten_total 0", "bootlace_machine_events_dropped_total 0", "go_goroutines",
	} {
		if !strings.Contains(w.Body.String(), "\n"+want) {
			t.Errorf("no %s", want)
		}
	}
}

// TestDHCPMetrics: every packet counts, also one that gets no line; what has not happened yet is there as zero.
func TestDHCPMetrics(t *testing.T) {
	d := newDiary(boot.LevelError)
	d.Record(dhcp(node1)) // before DHCP is served
	d.ShowDHCP([]string{"67", "4011"}, []string{"offer", "loop"}, []string{"proxy", "option-60"})
	for range 3 * linesPerMinute {
		e := dhcp(node1)
		e.Exchange.Strategy = boot.StrategyBINL
		d.Record(e)
	}
	d.Record(boot.Event{Kind: boot.EventDHCP, Exchange: &boot.Exchange{Port: "4011", Verdict: "loop", Returns: 9}})
	for range 2 {
		d.Record(boot.Event{Time: start, Kind: boot.EventNetwork, Level: boot.LevelWarn, Text: "stop it", Once: time.Hour, Network: &boot.Network{Rival: "proxy"}})
	}
	d.Record(boot.Event{Kind: boot.EventNetwork, Network: &boot.Network{Direction: "send"}})
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	var got []string
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "bootlace_dhcp_") && !strings.Contains(line, "answers_total") || strings.Contains(line, `"binl"`) || strings.Contains(line, `"silent"`) {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{
		`bootlace_dhcp_answers_total{strategy="binl"} 60`, `bootlace_dhcp_answers_total{strategy="silent"} 0`, "bootlace_dhcp_loops_total 1",
		`bootlace_dhcp_packets_total{port="4011",verdict="loop"} 1`, `bootlace_dhcp_packets_total{port="4011",verdict="offer"} 0`,
		`bootlace_dhcp_packets_total{port="67",verdict="loop"} 0`, `bootlace_dhcp_packets_total{port="67",verdict="offer"} 60`,
		`bootlace_dhcp_rivals_total{kind="option-60"} 0`, `bootlace_dhcp_rivals_total{kind="proxy"} 2`,
		`bootlace_dhcp_socket_errors_total{direction="read"} 0`, `bootlace_dhcp_socket_errors_total{direction="send"} 1`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestManyAtOnce(t *testing.T) {
	var out bytes.Buffer
	var mu sync.Mutex
	r := New(Log{Out: writerFunc(func(b []byte) (int, error) { mu.Lock(); defer mu.Unlock(); return out.Write(b) })}, machines.New(machines.Options{}), time.Now)
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range 200 {
				e := dhcp(boot.MAC{2, byte(g), byte(i)})
				e.Once = time.Minute
				r.Record(e)
				r.Say(boot.LevelInfo, "x")
			}
		})
	}
	group.Wait()
	n := 0
	for in := json.NewDecoder(&out); ; n++ {
		if err := in.Decode(&map[string]any{}); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if n != 1600 {
		t.Errorf("%d lines", n)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// BenchmarkRecord is a line of DHCP, written and kept.
func BenchmarkRecord(b *testing.B) {
	r := New(Log{Out: io.Discard}, machines.New(machines.Options{}), time.Now)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e := dhcp(boot.MAC{2, byte(i >> 16), byte(i >> 8), byte(i)})
		e.Time = start.Add(time.Duration(i) * 10 * time.Millisecond)
		e.Detail = fmt.Sprint(i)
		r.Record(e)
	}
}

// BenchmarkNoise is a packet that is only counted: what a flood costs here.
func BenchmarkNoise(b *testing.B) {
	r := New(Log{Out: io.Discard, Level: boot.LevelInfo}, machines.New(machines.Options{}), time.Now)
	r.ShowDHCP([]string{"67"}, []string{"offer"}, nil)
	e := dhcp(node1)
	e.Level = boot.LevelDebug
	b.ReportAllocs()
	for b.Loop() {
		r.Record(e)
	}
}
