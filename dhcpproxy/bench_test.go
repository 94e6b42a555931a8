// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// BenchmarkRespond answers ten thousand machines in turn, as in a boot storm.
func BenchmarkRespond(b *testing.B) {
	r := &Responder{Planner: newPlanner(b), Machines: remember()}
	uuid := "\x00\x78\x56\x34\x12\x34\x12\x78\x56\x9a\xbc\xde\xf0\x12\x34\x56\x78"
	packet := ofROM(boot.ArchX64).with(dhcp4.OptMaxSize, "\x05\xc0").with(dhcp4.OptUUID, uuid).bytes()
	room := make([]byte, 0, 2048)
	a := on67(0)
	b.ReportAllocs()
	n := uint32(0)
	for b.Loop() {
		n++
		binary.BigEndian.PutUint32(packet[offCHAddr+2:], n%10000)
		a.Time = midnight.Add(time.Duration(n) * time.Microsecond)
		if ans := r.Respond(packet, a, room); len(ans.Reply) == 0 {
			b.Fatal(ans.Verdict)
		}
	}
}

// BenchmarkTell adds what the server says of each packet.
func BenchmarkTell(b *testing.B) {
	s := &Server{Responder: Responder{Planner: newPlanner(b), Machines: remember()}, Events: func(boot.Event) {}}
	packet := ofROM(boot.ArchX64).with(dhcp4.OptMaxSize, "\x05\xc0").bytes()
	room := make([]byte, 0, 2048)
	a := on67(0)
	b.ReportAllocs()
	n := uint32(0)
	for b.Loop() {
		n++
		binary.BigEndian.PutUint32(packet[offCHAddr+2:], n%10000)
		a.Time = midnight.Add(time.Duration(n) * time.Microsecond)
		ans := s.Respond(packet, a, room)
		s.tell(&ans, &a, &socket{role: RoleDHCP})
	}
}
