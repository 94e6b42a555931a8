// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/tftpd"
)

// TestTheStoryOfAMachine: what each protocol tells is kept under the machine, with who it was found to be when it asked.
func TestTheStoryOfAMachine(t *testing.T) {
	a := assembledOf(t, map[string]string{
		"profiles/p.yaml": "kernel: linux\n",
		"hosts/h.yaml":    "hosts: [{name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
	})
	a.memory.See(boot.Client{MAC: mac(1), Addr: addr("10.0.0.1")})
	r := tftpd.Request{Name: "boot.ipxe", Local: netip.AddrPortFrom(ourAddr, 69), Remote: netip.MustParseAddrPort("10.0.0.1:2000")}
	f, err := a.tftp.Opener.Open(t.Context(), &r)
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := f.(io.Closer); ok {
		defer c.Close()
	}
	a.tftp.Events(tftpd.Finished{Request: r, Outcome: tftpd.Complete, BlockSize: 512})
	a.tftp.Events(tftpd.TooManyBlocks{Request: r, Size: 1 << 30})
	_ = a.byHTTP("m/52-54-00-00-00-01/boot.ipxe")
	_ = a.byHTTP("m/52-54-00-00-00-01/nothing")
	var got []string
	for _, e := range a.memory.Story(mac(1)) {
		got = append(got, strings.Join([]string{e.Kind.String(), e.Level.String(), e.Host, e.Profile, e.Transfer.Protocol.String(), e.Transfer.By, e.Transfer.Name, e.Transfer.Outcome}, " "))
	}
	want := []string{
		"file info one p tftp dhcp boot.ipxe complete",
		"notice warn one p tftp dhcp boot.ipxe ",
		"file info one p http name /m/52-54-00-00-00-01/boot.ipxe complete",
		"file warn one p http name /m/52-54-00-00-00-01/nothing not found",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTheLogOnlyReads: what is told of a request teaches nothing about the machine; only that it gets a file does, and not that
// it asked for one that is not there.
func TestTheLogOnlyReads(t *testing.T) {
	a := assembledOf(t, map[string]string{
		"profiles/p.yaml": "kernel: linux\n",
		"hosts/h.yaml":    "hosts: [{name: one, match: {mac: ['52:54:00:00:00:01', '52:54:00:00:00:09']}, profile: p}]\n",
	})
	a.memory.See(boot.Client{MAC: mac(1), Addr: addr("10.0.0.1")})
	evidence := func() (e boot.Evidence) {
		a.memory.Learn(mac(1), func(h *boot.History) { e = h.Evidence })
		return e
	}
	r := tftpd.Request{Name: "linux", Local: netip.AddrPortFrom(ourAddr, 69), Remote: netip.MustParseAddrPort("10.0.0.1:2000")}
	a.tftp.Events(tftpd.Finished{Request: r, Outcome: tftpd.Refused, Detail: "error 8: bad options"}) // by the engine itself
	if story := a.memory.Story(mac(1)); len(story) != 1 || story[0].Host != "one" || evidence() != boot.EvidenceNone {
		t.Errorf("evidence %v after a line of the log, story %+v", evidence(), story)
	}
	if _, err := a.tftp.Opener.Open(t.Context(), &r); err == nil || evidence() != boot.EvidenceNone {
		t.Errorf("evidence %v after a file was asked for that is not there (%v)", evidence(), err)
	}
	r.Name = "m/52-54-00-00-00-09/boot.ipxe" // by another of its cards
	if _, err := a.tftp.Opener.Open(t.Context(), &r); err != nil || evidence() != boot.EvidenceFetched {
		t.Errorf("evidence %v after a file was asked for (%v)", evidence(), err)
	}
}

// TestServeTells: the lines and numbers of a running appliance.
func TestServeTells(t *testing.T) {
	a := serve(t, onLoopback, map[string]string{
		"hosts/h.yaml": "hosts: [{name: one, match: {mac: '52:54:00:00:00:01'}, ignore: true}]\n",
	})
	if _, err := a.get(t, "m/52-54-00-00-00-01/linux"); err != nil {
		t.Fatal(err)
	}
	line := a.wait(t, "m/52-54-00-00-00-01/linux")
	for field, want := range map[string]any{
		"level": "info", "step": "tftp", "mac": "52:54:00:00:00:01", "host": "one", "ip": "127.0.0.1", "by": "name", "file": "m/52-54-00-00-00-01/linux",
		"outcome": "complete", "bytes": 6.0, "blksize": 512.0, "windowsize": 1.0, "retransmits": 0.0,
	} {
		if line[field] != want {
			t.Errorf("%s: %v, want %v", field, line[field], want)
		}
	}
	for _, field := range []string{"took", "rtt"} {
		if _, err := time.ParseDuration(line[field].(string)); err != nil {
			t.Error(err)
		}
	}
	if _, err := a.get(t, "nothing"); err == nil {
		t.Error("a file that is not there was sent")
	}
	if line := a.wait(t, "nothing"); line["outcome"] != "refused" || line["level"] != "warn" || line["by"] != "nothing" {
		t.Errorf("%v", line)
	}
	metrics(t, a)
}

// metrics: the names that dashboards know.
func metrics(t *testing.T, a *appliance) {
	t.Helper()
	resp, err := http.Get("http://" + a.http + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"bootlace_http_bytes_total 0", "bootlace_http_seconds_count 0", `bootlace_config_reloads_total{result="ok"} 0`, `bootlace_config_reloads_total{result="refused"} 0`,
		"bootlace_config_loaded_timestamp_seconds ", "bootlace_config_hosts 1", "bootlace_config_profiles 0",
		"bootlace_tftp_active 0", "bootlace_tftp_read_ahead_bytes ", "bootlace_tftp_sent_blocks_total ", "bootlace_tftp_sent_bytes_total ", "bootlace_tftp_send_errors_total 0",
		"bootlace_tftp_received_bytes_total 0", "bootlace_tftp_received_blocks_total 0", "bootlace_tftp_retransmits_total 0",
		"bootlace_tftp_rtt_seconds_count ", "bootlace_tftp_duration_seconds_count 1", `bootlace_tftp_transfers_total{outcome="complete"} 1`,
		`bootlace_tftp_errors_sent_total{code="1"} 1`, `bootlace_tftp_refused_total{reason="malformed"} 0`, "bootlace_machines ", "bootlace_machine_events ",
	} {
		if !strings.Contains(string(body), "\n"+name) {
			t.Errorf("/metrics has no %s", name)
		}
	}
}
