// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/bench/contest"
)

// entry is a contestant, whether it runs in a trial, and what is known of it.
type entry struct {
	contest.Server
	version string
	missing string           // why it cannot run
	wants   func(trial) bool // nil: every trial
}

func (e entry) runs(t trial) bool {
	return (e.wants == nil || e.wants(t)) && (e.Windowed || !t.windowed)
}

// Names that goals refer to.
const (
	nameBootlace = "bootlace"
	nameNoGSO    = "bootlace, GSO off"
	nameBusy     = "bootlace, busy poll"
	nameSingle   = "bootlace, single port"
	nameFloor    = "reflector"
	nameDnsmasq  = "dnsmasq"
)

// contestants lists who takes part; who is not installed takes part as missing, so that the table says so.
func contestants(o *options, self string) []entry {
	es := append(bootlaces(o.bootlace),
		peer(contest.Dnsmasq, o.dnsmasq, "--version"),
		peer(contest.Hpa, o.hpa, "-V"),
		peer(contest.Atftpd, o.atftpd, "--version"),
		entry{Server: contest.Pin(self), version: "github.com/pin/tftp/v3, of go.mod"},
		entry{Server: contest.Reflector(self), version: "recvmmsg, sendmmsg, UDP_SEGMENT; no protocol"},
	)
	if len(o.only) == 0 {
		return es
	}
	return slices.DeleteFunc(es, func(e entry) bool { return !slices.Contains(o.only, e.Name) })
}

// find looks in PATH and where Debian keeps servers.
func find(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return exec.LookPath(filepath.Join("/usr/sbin", name))
}

func peer(make func(string) contest.Server, name, versionFlag string) entry {
	path, err := find(name)
	if err != nil {
		return entry{Server: make(name), missing: "not installed"}
	}
	out, _ := exec.Command(path, versionFlag).CombinedOutput() // some say their version and fail
	return entry{Server: make(path), version: firstLine(out)}
}

func firstLine(b []byte) string {
	first, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSpace(first)
}

// bootlaces lists the variants whose flags the binary knows.
func bootlaces(path string) []entry {
	if _, err := os.Stat(path); err != nil {
		return []entry{{Server: contest.Bootlace(nameBootlace, path, nil), missing: "not built"}}
	}
	help, err := exec.Command(path, "tftp", "serve", "--help").CombinedOutput()
	if err != nil || !strings.Contains(string(help), "--root") {
		return []entry{{Server: contest.Bootlace(nameBootlace, path, nil), missing: "this build has no `tftp serve`"}}
	}
	version, _ := exec.Command(path, "version").CombinedOutput()
	known := flagsOf(string(help))
	variant := func(name string, wants func(trial) bool, extra ...string) entry {
		return entry{Server: contest.Bootlace(name, path, func(p contest.Place) []string { return append(raised(known, p), extra...) }),
			version: firstLine(version), wants: wants}
	}
	es := []entry{variant(nameBootlace, nil)}
	if known["gso"] {
		es = append(es, variant(nameNoGSO, func(t trial) bool { return t.windowsize > 1 && t.loss == 0 && t.rtt == 0 }, "--gso=off"))
	}
	if known["single-port"] {
		es = append(es, variant(nameSingle, func(t trial) bool { return t.windowsize == 0 && t.clients > 1 && t.rtt == 0 }, "--single-port"))
	}
	if known["busy-poll"] {
		es = append(es, variant(nameBusy, func(t trial) bool { return t.clients == 1 }, "--busy-poll=50us"))
	}
	return es
}

var longFlag = regexp.MustCompile(`--([a-z][a-z0-9-]*)`)

// flagsOf collects the long flags that a help text names.
func flagsOf(help string) map[string]bool {
	known := map[string]bool{}
	for _, m := range longFlag.FindAllStringSubmatch(help, -1) {
		known[m[1]] = true
	}
	return known
}

// raised sets limits above the load, as is done for the peers; only flags that exist are given.
func raised(known map[string]bool, p contest.Place) []string {
	many := strconv.Itoa(2*p.Clients + 100)
	var flags []string
	for _, f := range []struct{ name, value string }{
		{"max-transfers", many}, {"blksize-max", strconv.Itoa(max(p.Blksize, 1468))}, {"windowsize-max", strconv.Itoa(max(p.Windowsize, 64))},
		{"log-level", "error"},
	} {
		if known[f.name] {
			flags = append(flags, "--"+f.name+"="+f.value)
		}
	}
	return flags
}
