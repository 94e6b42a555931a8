// SPDX-License-Identifier: Apache-2.0

package site

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// describe says all that is known of a machine in one line.
func describe(c *boot.Client) string {
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, strings.TrimSpace(key+" "+value))
		}
	}
	if !c.MAC.IsZero() {
		add("", c.MAC.String())
	}
	add("", announced(c).String())
	if !c.UUID.IsZero() {
		add("uuid", c.UUID.String())
	}
	add("serial", c.Serial)
	add("hostname", c.Hostname)
	add("ip", addrText(c.Addr))
	add("relay", addrText(c.Relay))
	add("circuit", c.Circuit)
	add("remote", c.Remote)
	add("on", c.Interface)
	for _, key := range slices.Sorted(maps.Keys(c.Labels)) {
		add("label", key+"="+c.Labels[key])
	}
	return strings.Join(parts, ", ")
}

// announced is the architecture as firmware says it; with its HTTP variants.
func announced(c *boot.Client) boot.Arch {
	if len(c.Archs) > 0 {
		return c.Archs[0]
	}
	return c.Arch()
}

func factsOf(c *boot.Client) []Fact {
	var facts []Fact
	for _, f := range []Fact{
		{"arch", archOf(c)}, {"ip", addrText(c.Addr)}, {"hostname", c.Hostname}, {"vendor", c.Vendor}, {"serial", c.Serial},
		{"uuid", uuidOf(c)}, {"relay", addrText(c.Relay)}, {"circuit", c.Circuit}, {"remote", c.Remote}, {"interface", c.Interface},
	} {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

func archOf(c *boot.Client) string {
	if len(c.Archs) == 0 {
		return ""
	}
	return c.Archs[0].String()
}

func uuidOf(c *boot.Client) string {
	switch {
	case c.UUID.IsZero():
		return ""
	case c.UUID.Placeholder():
		return c.UUID.String() + " (a placeholder: many boards share it)"
	}
	return c.UUID.String()
}

func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
