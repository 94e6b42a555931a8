// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"encoding/binary"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/machines"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// planner gives every machine the menu, by a real catalog; fields change that.
type planner struct {
	catalog  *boot.Catalog
	strategy boot.Strategy
	loader   string
	ignore   bool
	toDisk   bool
	title    string
}

func (p *planner) Plan(c boot.Client, _ Moment) boot.Plan {
	plan := p.catalog.Plan(c)
	if p.loader != "" {
		n, err := boot.ParseName(p.loader)
		if err != nil {
			panic(err)
		}
		plan.Loader = n.For(c.MAC)
	}
	if p.toDisk {
		plan = p.catalog.Local(plan)
	}
	plan.Strategy = p.strategy
	if p.ignore {
		plan.Action = boot.ActionIgnore
	}
	if p.title != "" {
		plan.Profile = &boot.Profile{Entry: boot.Entry{Name: p.title}}
	}
	return plan
}

// remember makes an empty memory of machines.
func remember() *machines.Memory { return machines.New(machines.Options{}) }

func newPlanner(t testing.TB) *planner {
	t.Helper()
	cat, problems := boot.Build(boot.Spec{Unknown: boot.Unknown{Action: boot.ActionMenu}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return &planner{catalog: cat}
}

var (
	serverIP = netip.MustParseAddr("10.77.0.2")
	serverV6 = netip.MustParseAddr("fd77::2")
	machine  = boot.MAC{0x52, 0x54, 0, 0x12, 0x34, 0x56}
	midnight = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

// on67 is the arrival of a client's broadcast; on4011 that of a request from the port it waits on.
func on67(after time.Duration) Arrival {
	return Arrival{Role: RoleDHCP, Remote: netip.MustParseAddrPort("0.0.0.0:68"), Local: serverIP, Interface: "eth0", Index: 2,
		Subnet: netip.MustParsePrefix("10.77.0.2/24"), Tree: boot.Endpoint{Scheme: boot.HTTP, Port: 8080}, Time: midnight.Add(after)}
}

func on4011(after time.Duration, from string) Arrival {
	a := on67(after)
	a.Role, a.Remote = RoleBINL, netip.MustParseAddrPort(from)
	return a
}

// Offsets in a message (RFC 2131 section 2), for packets that are made by hand.
const (
	offOp     = 0
	offHType  = 1
	offHLen   = 2
	offXID    = 4
	offSecs   = 8
	offFlags  = 10
	offCIAddr = 12
	offYIAddr = 16
	offGIAddr = 24
	offCHAddr = 28
	offSName  = 44
	offFile   = 108
	offCookie = 236
	offOpts   = 240
)

func putAddr(b []byte, s string) { copy(b, netip.MustParseAddr(s).AsSlice()) }

// request builds what firmware sends.
type request struct {
	typ     dhcp4.MessageType
	xid     uint32
	mac     boot.MAC
	secs    uint16
	flags   uint16
	ciaddr  string
	giaddr  string
	class   string
	archs   []boot.Arch
	options [][]byte // code and value, in order
	noEnd   bool
	hlen    byte
	chaddr  []byte
}

// ofROM is the DISCOVER of a machine's own firmware.
func ofROM(arch boot.Arch) request {
	class := "PXEClient"
	if arch.HTTP() {
		class = "HTTPClient"
	}
	return request{typ: dhcp4.Discover, xid: 0x11223344, flags: dhcp4.FlagBroadcast, archs: []boot.Arch{arch},
		class: fmt.Sprintf("%s:Arch:%05d:UNDI:003000", class, arch)}
}

func (r request) with(code byte, value string) request {
	r.options = append(r.options[:len(r.options):len(r.options)], append([]byte{code}, value...))
	return r
}

func (r request) bytes() []byte {
	b := make([]byte, offOpts)
	b[offOp], b[offHType], b[offHLen] = dhcp4.OpRequest, 1, 6
	binary.BigEndian.PutUint32(b[offXID:], r.xid)
	binary.BigEndian.PutUint16(b[offSecs:], r.secs)
	binary.BigEndian.PutUint16(b[offFlags:], r.flags)
	for off, s := range map[int]string{offCIAddr: r.ciaddr, offGIAddr: r.giaddr} {
		if s != "" {
			putAddr(b[off:], s)
		}
	}
	mac := r.mac
	if mac.IsZero() {
		mac = machine
	}
	copy(b[offCHAddr:], mac[:])
	if r.hlen > 0 {
		b[offHLen] = r.hlen
		copy(b[offCHAddr:offCHAddr+16], r.chaddr)
	}
	binary.BigEndian.PutUint32(b[offCookie:], 0x63825363)
	put := func(code byte, v []byte) { b = append(append(b, code, byte(len(v))), v...) }
	put(dhcp4.OptType, []byte{byte(r.typ)})
	if r.class != "" {
		put(dhcp4.OptClass, []byte(r.class))
	}
	var archs []byte
	for _, a := range r.archs {
		archs = binary.BigEndian.AppendUint16(archs, uint16(a))
	}
	if archs != nil {
		put(dhcp4.OptArch, archs)
	}
	for _, o := range r.options {
		put(o[0], o[1:])
	}
	if !r.noEnd {
		b = append(b, dhcp4.OptEnd)
	}
	return b
}

// story is the text of an answer, for golden files.
func (ans *Answer) story() string {
	var b strings.Builder
	c := ans.Client
	fmt.Fprintf(&b, "%s: mac %s, arch %s, stage %s", ans.Verdict, c.MAC, c.Arch(), c.Stage)
	if ans.Strategy != boot.StrategyAuto {
		fmt.Fprintf(&b, "; %s (%s)", ans.Strategy, ans.Why)
	}
	if ans.Detail != "" {
		fmt.Fprintf(&b, "; %s", ans.Detail)
	}
	b.WriteByte('\n')
	if len(ans.Reply) > 0 {
		fmt.Fprintf(&b, "  to %s from %s, interface %d\n", ans.To.Remote, ans.To.Local, ans.To.Interface)
		for _, line := range dhcp4.Describe(ans.Reply) {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	return b.String()
}

func unicast(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }
