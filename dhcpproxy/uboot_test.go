// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"bytes"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// U-Boot is told of a file only for its directory; what is said of the offer names no file that may not exist.
func TestUBootsOfferNamesNoFile(t *testing.T) {
	r := &Responder{Planner: newPlanner(t)}
	q := request{typ: dhcp4.Discover, mac: machine, class: "U-Boot.armv8", archs: []boot.Arch{boot.ArchARM64UBoot}}
	ans := r.Respond(q.bytes(), on67(0), nil)
	if ans.File != "m/"+machine.Dash()+"/" || ans.Client.Arch() != boot.ArchARM64UBoot {
		t.Errorf("%q to %s", ans.File, ans.Client.Arch())
	}
	if !bytes.Contains(ans.Reply, []byte("m/"+machine.Dash()+"/pxelinux.0")) {
		t.Errorf("the reply has no file, whose directory U-Boot takes: %x", ans.Reply)
	}
}
