// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// waits keeps who waits for a decision.
type waits interface {
	Join(key boot.MAC, from netip.Addr) (code string, first bool)
}

// toldOfFull is how often it is told that there is no room for more machines that wait.
const toldOfFull = time.Hour

// wait gives the code of a machine that waits, which has got as far as it is to: that is no loop.
func (d *decider) wait(p boot.Plan) string {
	key := p.Client.Key()
	d.memory.Learn(key, (*boot.History).Arrived)
	code, first := d.waits.Join(key, p.Client.Addr)
	e := boot.Event{Kind: boot.EventNotice, Level: boot.LevelInfo}
	switch {
	case code == "":
		e.Kind, e.Level, e.Once = boot.EventNetwork, boot.LevelWarn, toldOfFull
		e.Text = "too many machines wait for a decision, or too many from one address: this one has no code"
	case first:
		e.Text = "waits for a decision: its code is " + code + ", for bootlace machines adopt"
	default:
		return code
	}
	e.About(p)
	d.events(e)
	return code
}
