// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// request is a DHCP request from a machine, with these options.
func request(options ...byte) []byte {
	raw := make([]byte, dhcpOptions, dhcpOptions+len(options))
	raw[etherTypeAt], raw[14], raw[ipProtocolAt] = 8, 0x45, 17
	raw[udpDestination+1], raw[udpChecksum] = 67, 0x12
	return append(raw, options...)
}

func TestDisguise(t *testing.T) {
	rom := []byte{53, 1, 1, 77, 4, 'i', 'P', 'X', 'E', 175, 8, 177, 1, 9, 235, 3, 1, 0, 0, 61, 1, 7, 255}
	ours := bytes.Replace(rom, []byte{177, 1, 9, 235, 3, 1, 0, 0}, []byte{235, 3, 1, 0, 0, 37, 1, 1}[:8], 1)
	hidden := []byte{53, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 61, 1, 7, 255}
	plain := []byte{53, 1, 1, 60, 2, 'P', 'X', 255}
	var d Disguise
	for _, step := range []struct {
		name     string
		in, want []byte
	}{
		{"before any iPXE", plain, plain}, {"the ROM", rom, hidden}, {"ours", ours, ours}, {"the ROM again", rom, hidden},
		{"cut off", rom[:12], rom[:12]},
	} {
		raw := request(step.in...)
		d.Frame(raw)
		if diff := cmp.Diff(step.want, raw[dhcpOptions:]); diff != "" {
			t.Errorf("%s: options (-want +got):\n%s", step.name, diff)
		}
		if changed := !bytes.Equal(step.in, step.want); changed != (raw[udpChecksum] == 0) {
			t.Errorf("%s: checksum % x", step.name, raw[udpChecksum:udpChecksum+2])
		}
	}
}

func TestDisguiseLeavesTheRest(t *testing.T) {
	var d Disguise
	other := request(77, 4, 'i', 'P', 'X', 'E', 175, 2, 235, 0, 255)
	other[udpDestination+1] = 69
	for _, raw := range [][]byte{other, nil, make([]byte, 60)} {
		before := bytes.Clone(raw)
		d.Frame(raw)
		if diff := cmp.Diff(before, raw); diff != "" {
			t.Errorf("changed (-before +after):\n%s", diff)
		}
	}
}
