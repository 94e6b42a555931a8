// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import "github.com/bootlace-net/bootlace/boot"

// program takes the other of two programs for a machine's firmware where the one before did not come up. A program that runs asks for
// something: its script, or an address.
func (r *Responder) program(x *exchange) {
	second := false
	r.learn(x, func(h *boot.History) {
		switch {
		case x.client.Stage != boot.StageROM:
			h.Runs()
		case x.fresh && x.opening && !r.Observe:
			second = h.Program(x.arrival.Time)
		default:
			second = h.Second
		}
	})
	if second {
		x.plan = x.plan.OtherLoader()
	}
}
