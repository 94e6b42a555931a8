// SPDX-License-Identifier: Apache-2.0

package site

import (
	"slices"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/dhcpproxy"
)

// SetResponder gives a responder what the settings say.
func SetResponder(r *dhcpproxy.Responder, s *configs.Settings, plans dhcpproxy.Planner) {
	r.Planner, r.Observe, r.Allow, r.Bare, r.Fetches = plans, s.DHCP.Mode == configs.DHCPObserve, s.DHCP.Allow, !s.DHCP.PrefixName, true
	r.Deny = func(m boot.MAC) bool {
		return slices.ContainsFunc(s.DHCP.Deny, func(p boot.MACPattern) bool { return p.Matches(m) })
	}
	r.Limits = dhcpproxy.Limits{
		PerMAC: s.DHCP.PerMAC, PerSecond: s.DHCP.PerSecond, Returns: s.Loop.Returns, Within: s.Loop.Within,
	}
	r.Loop = loopAction(s.Loop.Then)
}

func loopAction(t configs.LoopThen) dhcpproxy.LoopAction {
	switch t {
	case configs.LoopIgnore:
		return dhcpproxy.LoopSilent
	case configs.LoopWarn:
		return dhcpproxy.LoopAnswer
	default:
		return dhcpproxy.LoopLocal
	}
}
