// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// ruled is an appliance with rules, in which time has gone by as soon as a machine waits.
func ruled(t *testing.T, dir, state string) (a *assembled, stop func()) {
	t.Helper()
	a, stop = assembledAt(t, dir, state)
	a.rules.now = func() time.Time { return time.Now().Add(2 * rulesPatient) }
	return a, stop
}

func withRules(t *testing.T, rules string) string {
	files := whereTheyAreAdopted(t)
	files["hosts/rules.yaml"] = "adopt:\n" + rules
	return directory(t, files)
}

// waitFor has machines wait, and gives what they boot after a round of the rules: the profile that each says.
func (a *assembled) waitFor(n ...byte) string {
	for _, n := range n {
		a.byHTTP(under(n, "boot.ipxe"))
	}
	a.rules.round()
	var all []string
	for _, n := range n {
		text := a.byHTTP(under(n, "boot.ipxe"))
		_, said, _ := strings.Cut(text, "say=")
		said, _, _ = strings.Cut(said, " ")
		if code(text) != "" {
			said = "waits"
		}
		all = append(all, said)
	}
	return strings.Join(all, " ")
}

// TestRulesAdopt: machines become hosts by the most specific rule, up to its limit, over restarts and over the loss of the database.
func TestRulesAdopt(t *testing.T) {
	dir := withRules(t, `  - {name: few, match: {mac: "52:54:00:00:00:1*"}, profile: plain, host: "few-{n}", limit: 3, labels: {rack: '8'}}
  - {name: wipes, match: {mac: "52:54:00:00:00:2*"}, profile: install, host: "w-{mac}", limit: 1, allow_destructive: true, vars: {disk: sda}}
`)
	state := stateDir(t)
	a, stop := ruled(t, dir, state)
	if got := a.waitFor(0x10, 0x11, 0x20, 0x21, 0x30); got != "plain plain install waits waits" {
		t.Fatal(got)
	}
	h := a.current.Load().Catalog.Host("few-1")
	if h == nil || h.Labels[boot.AdoptedBy] != "few" || h.Labels["rack"] != "8" {
		t.Fatalf("%+v", h)
	}
	if h := a.current.Load().Catalog.Host("w-52-54-00-00-00-20"); h == nil || h.Vars["disk"] != "sda" {
		t.Errorf("%+v", h)
	}
	stop()
	a, stop = ruled(t, dir, state)
	if got := a.waitFor(0x12, 0x13, 0x21); got != "plain waits waits" {
		t.Fatalf("after a restart: %s", got)
	}
	stop()
	file := filepath.Join(state, "hosts", "adopted.yaml")
	before, err := os.ReadFile(file)
	if err := errors.Join(err, os.Remove(filepath.Join(state, "machines.db"))); err != nil {
		t.Fatal(err)
	}
	a, stop = ruled(t, dir, state)
	if got := a.waitFor(0x13, 0x21); got != "waits waits" {
		t.Fatalf("without its database: %s", got)
	}
	stop()
	a, _ = ruled(t, dir, state)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	a.reload()
	if got := a.waitFor(0x13); got != "plain" { // neither hosts nor a count: nothing is left to know it by
		t.Errorf("of nothing: %s", got)
	}
	if !strings.Contains(string(before), "by adopt rule few\n") {
		t.Errorf("who did it is not in\n%s", before)
	}
}

// TestRulesCount: whose hosts were taken out of the configuration has used up its limit all the same.
func TestRulesCount(t *testing.T) {
	dir, state := withRules(t, "  - {name: few, profile: plain, limit: 2}\n"), stateDir(t)
	a, _ := ruled(t, dir, state)
	if got := a.waitFor(0x10, 0x11); got != "plain plain" {
		t.Fatal(got)
	}
	if err := os.Remove(filepath.Join(state, "hosts", "adopted.yaml")); err != nil {
		t.Fatal(err)
	}
	a.reload()
	if got := a.waitFor(0x10, 0x12); got != "waits waits" {
		t.Error(got)
	}
}

// TestRulesEnd: not after their time, nor before a machine has said what it is, nor without a database to count in.
func TestRulesEnd(t *testing.T) {
	now := time.Now().UTC()
	day := func(d int) string { return now.AddDate(0, 0, d).Format(time.DateOnly) }
	dir := withRules(t, fmt.Sprintf("  - {name: over, match: {mac: '52:54:00:00:00:1*'}, profile: plain, limit: 9, until: %s}\n  - {name: lasts, match: {mac: '52:54:00:00:00:2*'}, profile: plain, limit: 9, until: %s}\n", day(-1), day(2)))
	a, _ := ruled(t, dir, stateDir(t))
	if got := a.waitFor(0x10, 0x20); got != "waits plain" {
		t.Error(got)
	}
	a.rules.now = time.Now
	if got := a.waitFor(0x21); got != "waits" {
		t.Errorf("at once: %s", got)
	}
	a.rules.now = func() time.Time { return time.Now().Add(2 * rulesPatient) }
	a.rules.used = &uses{archive: func() machines.Archive { return nil }}
	if got := a.waitFor(0x21); got != "waits" {
		t.Errorf("without a database: %s", got)
	}
}

// TestARuleThatCannot: a machine that would make a bad host goes on waiting, costs the rule nothing, does not keep others from it, and
// is told of.
func TestARuleThatCannot(t *testing.T) {
	dir := withRules(t, "  - {name: r, profile: plain, host: 'r-{serial}', limit: 2}\n")
	a, _ := ruled(t, dir, stateDir(t))
	for n, serial := range map[byte]string{0x10: "A/b\n1", 0x11: "A b 1", 0x12: "C", 0x13: ""} {
		a.memory.See(boot.Client{MAC: mac(n), Class: boot.ClassPXE, Serial: serial})
	}
	got := a.waitFor(0x10, 0x11, 0x13)
	if got != "plain waits waits" && got != "waits plain waits" || a.current.Load().Catalog.Host("r-a-b-1") == nil {
		t.Errorf("two machines of one serial number, and one of none: %s", got)
	}
	if got := a.waitFor(0x12); got != "plain" || a.current.Load().Catalog.Host("r-c") == nil {
		t.Errorf("another one: %s", got)
	}
}

// TestARuleForWhatIsRefused: a batch with one host that the configuration does not bear has the others adopted.
func TestARuleForWhatIsRefused(t *testing.T) {
	files := whereTheyAreAdopted(t)
	files["profiles/picky.yaml"] = "kernel: linux\ncmdline: [\"say=picky\", '{{ if eq .mac \"52:54:00:00:00:11\" }}{{ .vars.none }}{{ end }}']\n"
	files["hosts/rules.yaml"] = "adopt: [{name: r, profile: picky, limit: 2}]\n"
	a, _ := ruled(t, directory(t, files), stateDir(t))
	if got := a.waitFor(0x10, 0x11, 0x12); got != "picky waits waits" && got != "picky waits picky" {
		t.Fatal(got)
	}
	if got := a.waitFor(0x12); got != "picky" {
		t.Errorf("the refused one costs the limit: %s", got)
	}
	told := false
	for _, e := range a.memory.Story(mac(0x11)) {
		told = told || strings.HasPrefix(e.Text, "adopt rule r does not adopt this machine: ")
	}
	if !told {
		t.Error("nobody is told")
	}
}

// TestRulesNeedWords: a destructive profile takes its words, whatever way it is reached.
func TestRulesNeedWords(t *testing.T) {
	dir := withRules(t, "  - {name: r, limit: 9, labels: {rack: '9'}}\n")
	rewrite(t, dir, "hosts/h.yaml", "groups:\n  - {name: r9, match: {labels: {rack: '9'}, known: true}, profile: install}\nhosts:\n  - {name: one, match: {mac: '52:54:00:00:00:01'}, profile: plain}\n")
	a, _ := ruled(t, dir, stateDir(t))
	if got := a.waitFor(0x10); got != "waits" {
		t.Errorf("by its group it is installed: %s", got)
	}
}
