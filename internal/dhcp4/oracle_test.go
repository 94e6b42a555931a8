// SPDX-License-Identifier: Apache-2.0

package dhcp4

import (
	"bytes"
	"fmt"
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/insomniacslk/dhcp/dhcpv4"

	"os"

	"github.com/bootlace-net/bootlace/boot"
)

// The library github.com/insomniacslk/dhcp is an independent reader of the same bytes. The tests here hold this package to
// it where a message keeps to the RFCs, and show what the package comment says it gets wrong where firmware does not.

// agree compares all that both readers know of a message that both can read.
func agree(t *testing.T, packet []byte, m *Message, p *dhcpv4.DHCPv4) {
	t.Helper()
	same := func(what string, ours, theirs any) {
		t.Helper()
		if fmt.Sprint(ours) != fmt.Sprint(theirs) {
			t.Errorf("%s: %v, the library says %v\n%x", what, ours, theirs, packet)
		}
	}
	same("op", m.Op, uint8(p.OpCode))
	same("xid", fmt.Sprintf("%08x", m.XID), fmt.Sprintf("%x", p.TransactionID[:]))
	same("secs", m.Secs, p.NumSeconds)
	same("flags", m.Flags, p.Flags)
	same("hardware address", m.CHAddr[:m.HLen], []byte(p.ClientHWAddr))
	for _, a := range []struct {
		what   string
		ours   netip.Addr
		theirs []byte
	}{{"ciaddr", m.CIAddr, p.ClientIPAddr}, {"yiaddr", m.YIAddr, p.YourIPAddr}, {"siaddr", m.SIAddr, p.ServerIPAddr}, {"giaddr", m.GIAddr, p.GatewayIPAddr}} {
		same(a.what, a.ours, addr4(a.theirs))
	}
	if kind := p.Options.Get(dhcpv4.OptionDHCPMessageType); len(kind) == 1 {
		same("type", m.Type, MessageType(kind[0]))
	}
	overload := p.Options.Get(dhcpv4.OptionOptionOverload)
	if len(overload) > 0 {
		return // the library does not read on in file and sname
	}
	same("file", string(m.HeaderFile), p.BootFileName)
	same("sname", string(m.HeaderSName), p.ServerHostName)
	for code := range 255 {
		if slot := m.slot(byte(code)); slot != nil && !bytes.Equal(*slot, p.Options[uint8(code)]) {
			t.Errorf("option %d: %x, the library says %x", code, *slot, p.Options[uint8(code)])
		}
	}
}

// FuzzAgainstTheLibrary: what both can read, they read alike; and what the library can read, so can we.
func FuzzAgainstTheLibrary(f *testing.F) {
	for _, packet := range captures(f) {
		f.Add(packet)
	}
	f.Add(Ask{Type: Discover, MAC: boot.MAC{2, 0, 0, 0, 0, 1}, Class: boot.ClassPXE, Arch: boot.ArchX64, IPXE: true}.Bytes())
	f.Fuzz(func(t *testing.T, packet []byte) {
		before := string(packet)
		var m Message
		err := m.Parse(packet)
		Describe(packet)
		if string(packet) != before {
			t.Fatal("the packet was changed")
		}
		p, theirs := dhcpv4.FromBytes(packet)
		switch {
		case theirs != nil:
			return
		case err != nil && packet[offHLen] <= 16: // the library cuts a length that cannot be
			t.Fatalf("%v, but the library reads it: %s", err, p.Summary())
		case err == nil:
			agree(t, packet, &m, p)
		}
	})
}

// captures are all DHCPv4 messages in captures of real firmware and of its servers.
func captures(t testing.TB) (list [][]byte) {
	t.Helper()
	files, err := filepath.Glob("../../dhcpproxy/testdata/*.pcap")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d captures, %v", len(files), err)
	}
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := pcapgo.NewReader(f)
		if err != nil {
			t.Fatal(path, err)
		}
		for {
			frame, _, err := r.ReadPacketData()
			if err != nil {
				break
			}
			udp, ok := gopacket.NewPacket(frame, layers.LinkTypeEthernet, gopacket.NoCopy).Layer(layers.LayerTypeUDP).(*layers.UDP)
			if ok && len(udp.Payload) > offOpts && (udp.DstPort == 67 || udp.DstPort == 68 || udp.DstPort == 4011) && udp.Payload[offCookie] == 99 {
				list = append(list, udp.Payload)
			}
		}
		_ = f.Close()
	}
	if len(list) < 50 {
		t.Fatalf("%d messages in the captures", len(list))
	}
	return list
}

// TestBothReadCaptures: firmware and servers of the lab.
func TestBothReadCaptures(t *testing.T) {
	read := 0
	for _, packet := range captures(t) {
		var m Message
		if err := m.Parse(packet); err != nil {
			t.Errorf("%v: %x", err, packet)
			continue
		}
		if p, err := dhcpv4.FromBytes(packet); err == nil {
			read++
			agree(t, packet, &m, p)
		}
	}
	if read < 50 {
		t.Errorf("only %d messages were read by both", read)
	}
}

// TestTheLibraryReadsOurs: what we write is read by it as it was meant.
func TestTheLibraryReadsOurs(t *testing.T) {
	mac := boot.MAC{0x52, 0x54, 0, 1, 2, 3}
	ask := Ask{Type: Request, XID: 0xdeadbeef, MAC: mac, UUID: boot.UUID{1, 2, 3, 15: 4}, Class: boot.ClassPXE, Arch: boot.ArchARM64, IPXE: true, Broadcast: true, Secs: 4,
		CIAddr: netip.MustParseAddr("10.0.0.9"), GIAddr: netip.MustParseAddr("10.0.0.1"), Server: netip.MustParseAddr("10.0.0.2"), Item: 7, HasItem: true}.Bytes()
	var m Message
	if err := m.Parse(ask); err != nil {
		t.Fatal(err)
	}
	var r Reply
	r.Reset()
	r.SIAddr, r.File, r.Relay = netip.MustParseAddr("10.0.0.2"), []byte("a.efi"), []byte("\x01\x02ab")
	r.Add(OptType, []byte{byte(Ack)})
	r.Add(OptUUID, m.UUID)
	r.Vendor.Control(ControlBootNow)
	r.Vendor.Menu(MenuItem{1, "one"}, MenuItem{2, "two"})
	r.Add(OptVendor, r.Vendor.Bytes())
	for _, packet := range [][]byte{ask, r.Encode(&m, nil, m.Limit())} {
		p, err := dhcpv4.FromBytes(packet)
		if err != nil {
			t.Fatalf("%v: %x", err, packet)
		}
		var back Message
		if err := back.Parse(packet); err != nil {
			t.Fatal(err)
		}
		agree(t, packet, &back, p)
		if len(packet) < MinSize || string(p.ClientHWAddr) != string(mac[:]) {
			t.Errorf("%d bytes for %s", len(packet), p.ClientHWAddr)
		}
	}
}

// TestWhereTheLibraryDiffers has a message for each reason in the package comment.
func TestWhereTheLibraryDiffers(t *testing.T) {
	mac := boot.MAC{0x52, 0x54, 0, 1, 2, 3}
	good := Ask{Type: Discover, MAC: mac, Class: boot.ClassPXE, Arch: boot.ArchX64}.Bytes()
	end := bytes.LastIndexByte(good, OptEnd)
	overloaded := append([]byte(nil), good[:end]...)
	overloaded = append(overloaded, OptOverload, 1, 3, OptEnd)
	copy(overloaded[offFile:], []byte{OptUserClass, 4, 'i', 'P', 'X', 'E', OptEnd})
	copy(overloaded[offSName:], []byte{OptHostname, 2, 'h', '1', OptEnd})
	noLength := append([]byte(nil), good...)
	noLength[offHLen] = 0
	for name, tt := range map[string]struct {
		packet []byte
		right  func(*Message) bool
		wrong  func(*dhcpv4.DHCPv4, error) bool
	}{
		"no END": {good[:end], func(m *Message) bool { return m.Type == Discover && m.Class != nil },
			func(_ *dhcpv4.DHCPv4, err error) bool { return err != nil }},
		"the last option is cut off": {append(append([]byte(nil), good[:end]...), OptHostname, 200, 'x'),
			func(m *Message) bool { return m.Type == Discover && m.Class != nil && m.Hostname == nil },
			func(_ *dhcpv4.DHCPv4, err error) bool { return err != nil }},
		"options in file and sname": {overloaded, func(m *Message) bool { return string(m.UserClass) == "iPXE" && string(m.Hostname) == "h1" },
			func(p *dhcpv4.DHCPv4, err error) bool {
				return err == nil && !p.Options.Has(dhcpv4.OptionUserClassInformation) && p.HostName() == ""
			}},
		"an address of no length": {noLength, func(m *Message) bool { return m.MAC() == mac && m.CHAddr[0] == 0x52 },
			func(p *dhcpv4.DHCPv4, err error) bool {
				return err == nil && len(p.ClientHWAddr) == 0 && !bytes.Contains(p.ToBytes(), mac[:])
			}},
		"order": {good, func(m *Message) bool { return Options(good[offOpts:])[0].Code == OptType },
			func(p *dhcpv4.DHCPv4, err error) bool { // 53 comes after 57 with us, and before it in order of numbers
				return err == nil && !bytes.Equal(codes(p.ToBytes()), codes(good))
			}},
	} {
		t.Run(name, func(t *testing.T) {
			var m Message
			if err := m.Parse(tt.packet); err != nil || !tt.right(&m) {
				t.Errorf("we: %v\n%s", err, Describe(tt.packet))
			}
			if p, err := dhcpv4.FromBytes(tt.packet); !tt.wrong(p, err) {
				t.Errorf("the library has learned it (%v): the package comment is to be changed", err)
			}
		})
	}
}

func codes(packet []byte) (list []byte) {
	for _, o := range Options(packet[offOpts:]) {
		list = append(list, o.Code)
	}
	return list
}

// TestReplyFitsWhereTheLibraryDoesNot: a client that takes 576 bytes, and a relay with a long option 82. We leave out what is
// said twice, and put a courtesy into sname; the library writes all of it.
func TestReplyFitsWhereTheLibraryDoesNot(t *testing.T) {
	var m Message
	if err := m.Parse(Ask{Type: Discover, MAC: boot.MAC{2, 1, 1, 1, 1, 1}, Class: boot.ClassPXE}.Bytes()); err != nil {
		t.Fatal(err)
	}
	m.MaxSize = nil
	name, relay := bytes.Repeat([]byte("n"), 100), append([]byte{1, 238}, bytes.Repeat([]byte("c"), 238)...)
	id := bytes.Repeat([]byte("i"), 50)
	var r Reply
	r.Reset()
	r.File, r.Relay = name, relay
	r.Add(OptType, []byte{byte(Offer)})
	r.AddSpare(OptBootFile, name, Twice)
	r.AddSpare(OptClientID, id, Courtesy)
	r.Add(OptUUID, bytes.Repeat([]byte("u"), 17))
	out := r.Encode(&m, nil, m.Limit())
	var back Message
	if err := back.Parse(out); err != nil || len(out) > m.Limit() || len(out) == 0 {
		t.Fatalf("%d bytes of %d: %v", len(out), m.Limit(), err)
	}
	if back.BootFile != nil || string(back.HeaderFile) != string(name) || string(back.ClientID) != string(id) || back.HeaderSName != nil || string(back.Relay) != string(relay) {
		t.Errorf("%s", Describe(out))
	}
	theirs, err := dhcpv4.New(dhcpv4.WithOption(dhcpv4.OptBootFileName(string(name))), dhcpv4.WithGeneric(dhcpv4.OptionClientIdentifier, id),
		dhcpv4.WithGeneric(dhcpv4.OptionRelayAgentInformation, relay), dhcpv4.WithGeneric(dhcpv4.OptionClientMachineIdentifier, bytes.Repeat([]byte("u"), 17)))
	if err != nil || len(theirs.ToBytes()) <= m.Limit() {
		t.Errorf("the library fits it too: %d bytes, %v", len(theirs.ToBytes()), err)
	}
}

func BenchmarkParse(b *testing.B) {
	packet := Ask{Type: Discover, MAC: boot.MAC{2, 0, 0, 0, 0, 1}, UUID: boot.UUID{1}, Class: boot.ClassPXE, Arch: boot.ArchX64}.Bytes()
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		var m Message
		for b.Loop() {
			if err := m.Parse(packet); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := dhcpv4.FromBytes(packet); err != nil {
				b.Fatal(err)
			}
		}
	})
}
