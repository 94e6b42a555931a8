// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// check reports settings that are right by themselves but not together.
func (m *mainDocument) check(d *decoder, top *node) {
	s := settingsCheck{d: d, top: top}
	t := &m.TFTP
	s.require(t.BlockSize.Min <= t.BlockSize.Max, "tftp.block_size.min", "expected at most max, %d", t.BlockSize.Max)
	s.require(t.Retransmit.Max == 0 || t.Retransmit.Min <= t.Retransmit.Max, "tftp.retransmit.min", "expected at most max, %v", t.Retransmit.Max)
	s.require(t.Retransmit.Max == 0 || t.Retransmit.Initial <= t.Retransmit.Max, "tftp.retransmit.initial", "expected at most max, %v", t.Retransmit.Max)
	s.require(t.Limits.PerAddress <= t.Limits.Transfers, "tftp.limits.per_address", "expected at most transfers, %d", t.Limits.Transfers)
	s.require(t.Writes.MaxSize <= t.Writes.MaxTotal, "tftp.writes.max_size", "expected at most max_total, %v", t.Writes.MaxTotal)
	s.require(!t.Enabled || len(t.Listen) > 0, "tftp.listen", "expected an address and port, or enabled: false")
	s.require(m.Server.State != "" || m.Server.Images != "", "server.state", "expected a directory")
	s.listen("tftp.listen", t.Listen)
	s.listen("http.listen", m.HTTP.Listen)
	s.tls(&m.HTTP)
	s.listen("syslog.listen", m.Syslog.Listen)
	s.listen("api.listen", m.API.Listen)
	for i, a := range m.API.Listen {
		s.require(!m.HTTP.takes(a) && !(m.HTTP.Enabled && meets(m.HTTP.TLS.Listen, a)), fmt.Sprintf("api.listen[%d]", i), "expected a port of its own: machines ask %v", a.Port())
	}
	s.addresses(m.Server.Addresses)
	s.interfaces(m.Server.Interfaces)
	s.remap(t.Remap)
}

// tls checks the tree over HTTPS.
func (s settingsCheck) tls(h *HTTP) {
	s.listen("http.tls.listen", h.TLS.Listen)
	for i, a := range h.TLS.Listen {
		at := fmt.Sprintf("http.tls.listen[%d]", i)
		s.require(h.Enabled, at, "expected http.enabled: true, for it is the same tree")
		s.require(!h.takes(a), at, "expected a port of its own: %v is that of plain HTTP", a.Port())
	}
	s.require((h.TLS.Certificate == "") == (h.TLS.Key == ""), "http.tls.certificate", "expected certificate and key, or neither")
	s.require(h.TLS.Name == "" || hostName(h.TLS.Name), "http.tls.name", "expected a name that DNS knows, such as boot.example.org")
}

type settingsCheck struct {
	d   *decoder
	top *node
}

// require reports a setting where it stands or, if it is not written, where its section or the file begins.
func (s settingsCheck) require(ok bool, path, expected string, args ...any) {
	if ok {
		return
	}
	at := s.d.pos(s.top)
	for i := range len(path) + 1 {
		if i == len(path) || path[i] == '.' || path[i] == '[' {
			if pos, written := s.d.places[path[:i]]; written {
				at = pos
			}
		}
	}
	if slices.ContainsFunc(s.d.problems, func(p boot.Problem) bool { return p.Pos == at }) {
		return // what is wrong by itself need not be right with others
	}
	s.d.report(boot.Problem{Pos: at, What: path, Expected: fmt.Sprintf(expected, args...)})
}

func (s settingsCheck) listen(path string, listen []netip.AddrPort) {
	for i, a := range listen {
		at := fmt.Sprintf("%s[%d]", path, i)
		s.require(a.Port() != 0, at, "expected a port from 1 to 65535")
		s.require(!slices.Contains(listen[:i], a), at, "expected every address once")
	}
}

func (s settingsCheck) addresses(addrs []netip.Addr) {
	for i, a := range addrs {
		s.require(!a.IsUnspecified() && !a.IsMulticast() && !a.IsLoopback(), fmt.Sprintf("server.addresses[%d]", i),
			"expected an address that machines can reach, got %v", a)
	}
}

func (s settingsCheck) interfaces(names []string) {
	for i, name := range names {
		at := fmt.Sprintf("server.interfaces[%d]", i)
		s.require(!slices.Contains(names[:i], name), at, "expected every interface once")
		s.require(name != "" && len(name) < 256, at, "expected the name of an interface")
	}
}

func (s settingsCheck) remap(rules []Remap) {
	for i, r := range rules {
		at := fmt.Sprintf("tftp.remap[%d]", i)
		_, written := s.d.places[at+".match"] // and was told of if it is wrong
		s.require(r.Match != nil || written, at, "expected match")
		s.require(!r.Deny || r.Replace == "", at, "expected either replace or deny")
	}
}

// hostName reports whether a text is a name as DNS has them, and can stand in a URL as it is.
func hostName(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		plain := strings.Trim(l, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
		if plain != "" || l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
	}
	_, err := netip.ParseAddr(s)
	return err != nil && len(s) <= 253
}

// takes reports whether machines are answered at an address and port.
func (h HTTP) takes(a netip.AddrPort) bool {
	if !h.Enabled {
		return false
	}
	if len(h.Listen) == 0 {
		return int(a.Port()) == h.Port
	}
	return meets(h.Listen, a)
}

// meets reports whether an address and port is among those that are listened on.
func meets(listen []netip.AddrPort, a netip.AddrPort) bool {
	return slices.ContainsFunc(listen, func(b netip.AddrPort) bool {
		return a.Port() == b.Port() && (a.Addr() == b.Addr() || !a.Addr().IsValid() || !b.Addr().IsValid() || a.Addr().IsUnspecified() || b.Addr().IsUnspecified())
	})
}
