// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// match is boot.Match as it is written.
type match struct {
	MAC       []MACPattern      `yaml:"mac" doc:"Hardware addresses of the machine's network cards, or prefixes such as 52:54:00:*."`
	UUID      []uuidText        `yaml:"uuid" doc:"System UUIDs, in either of the two byte orders that firmware and tools show."`
	Serial    []pattern         `yaml:"serial" doc:"Serial numbers: SMBIOS, or a Raspberry Pi's. Here and below * stands for any text, and case does not matter."`
	Hostname  []pattern         `yaml:"hostname" doc:"Host names that the machine sends in DHCP (option 12)."`
	Arch      []archText        `yaml:"arch" doc:"Architectures that firmware announces: bios, uefi-x64, uefi-arm64, … or IANA numbers; or instruction sets (x86_64, arm64) for all of theirs."`
	Firmware  []firmwareText    `yaml:"firmware" doc:"Kinds of firmware: bios, uefi, uboot, rpi, other."`
	Vendor    []pattern         `yaml:"vendor" doc:"Beginnings of the vendor class (option 60), such as PXEClient:Arch:00007."`
	Subnet    []netip.Prefix    `yaml:"subnet" doc:"Networks. The machine's own address counts; before it has one, the relay's or that of the interface its packet came in on."`
	Relay     []netip.Addr      `yaml:"relay" doc:"Addresses of the DHCP relay (giaddr)."`
	Circuit   []pattern         `yaml:"circuit" doc:"Switch ports as the relay names them (option 82.1). With relay: the machine in this port."`
	Remote    []pattern         `yaml:"remote" doc:"The relay's name for the other end (option 82.2)."`
	Interface []pattern         `yaml:"interface" doc:"Our network interfaces that the packet came in on."`
	Labels    map[string]string `yaml:"labels" doc:"Groups only: marks that hosts and other groups give. All must be there."`
	Known     *bool             `yaml:"known" doc:"Groups only: true for machines that a host names, false for all others."`
}

func (m *match) typed() boot.Match {
	out := boot.Match{Labels: m.Labels, Known: m.Known, Subnets: m.Subnet, Relays: m.Relay}
	for _, p := range m.MAC {
		if p.prefix != "" {
			out.OUIs = append(out.OUIs, p.prefix)
		} else {
			out.MACs = append(out.MACs, p.mac)
		}
	}
	out.UUIDs = convert[boot.UUID](m.UUID)
	out.Archs = archs(m.Arch)
	out.Firmware = convert[boot.Firmware](m.Firmware)
	out.Serials, out.Hostnames, out.Vendors = convert[string](m.Serial), convert[string](m.Hostname), vendors(m.Vendor)
	out.Circuits, out.Remotes, out.Interfaces = convert[string](m.Circuit), convert[string](m.Remote), convert[string](m.Interface)
	return out
}

// vendors takes a star at the end for what it is anyway: vendor classes are compared by their beginning.
func vendors(patterns []pattern) []string {
	out := convert[string](patterns)
	for i := range out {
		out[i] = strings.TrimSuffix(out[i], "*")
	}
	return out
}

func convert[T any, S interface{ value() T }](in []S) []T {
	if in == nil {
		return nil
	}
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = v.value()
	}
	return out
}

// MACPattern is an address, or the beginning of addresses.
type MACPattern struct {
	mac    boot.MAC
	prefix string // bare lower-case digits
}

// Matches reports whether an address is meant.
func (p MACPattern) Matches(m boot.MAC) bool {
	if p.prefix == "" {
		return p.mac == m
	}
	return strings.HasPrefix(strings.ReplaceAll(m.String(), ":", ""), p.prefix)
}

func (p *MACPattern) parse(s string) error {
	if head, ok := strings.CutSuffix(s, "*"); ok {
		return p.parsePrefix(head)
	}
	m, err := boot.ParseMAC(s)
	switch {
	case err != nil:
		return errors.New("expected a MAC address such as 52:54:00:12:34:56, or a prefix such as 52:54:00:*")
	case m.IsZero():
		return errors.New("expected an address that identifies something: firmware sends zeros when it has none")
	case m.IsGroup():
		return errors.New("expected the address of one network card: this is a multicast address")
	}
	p.mac = m
	return nil
}

func (p *MACPattern) parsePrefix(head string) error {
	digits := strings.ToLower(strings.NewReplacer(":", "", "-", "", ".", "").Replace(head))
	if digits == "" || len(digits) > 11 || strings.Trim(digits, "0123456789abcdef") != "" {
		return errors.New("expected the beginning of a MAC address, such as 52:54:00:*")
	}
	p.prefix = digits
	return nil
}

func (*MACPattern) describe() string { return "a MAC address" }

type uuidText boot.UUID

func (u uuidText) value() boot.UUID { return boot.UUID(u) }

func (u *uuidText) parse(s string) error {
	v, err := boot.ParseUUID(s)
	switch {
	case err != nil:
		return errors.New("expected a UUID such as 4c4c4544-0032-4610-8053-b7c04f4d5031")
	case v.Placeholder():
		return errors.New("expected a UUID that identifies something: many boards come with this one")
	}
	*u = uuidText(v)
	return nil
}

func (*uuidText) describe() string { return "a UUID" }

// archText is an architecture, or all that have an instruction set.
type archText []boot.Arch

func (a *archText) parse(s string) error {
	name := archName(s)
	if v, err := boot.ParseArch(name); err == nil {
		*a = archText{v.Plain()} // HTTP variants of a machine are the same machine
		return nil
	}
	if slices.Contains(boot.CPUNames(), name) {
		for i := range boot.ArchNames() {
			if v := boot.Arch(i); v == v.Plain() && slices.Contains(v.Keys(), name) {
				*a = append(*a, v)
			}
		}
		return nil
	}
	return errors.New(boot.Hint(s, append(boot.ArchNames(), boot.CPUNames()...)))
}

func (*archText) describe() string { return "an architecture" }

func archs(in []archText) []boot.Arch {
	var out []boot.Arch
	for _, a := range in {
		out = append(out, a...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// archName takes what Linux distributions call an instruction set for ours.
func archName(s string) string {
	switch s {
	case "amd64", "x64", "x86-64":
		return "x86_64"
	case "aarch64":
		return "arm64"
	case "i686", "x86", "ia32":
		return "i386"
	case "loong64":
		return "loongarch64"
	}
	return s
}

type firmwareText boot.Firmware

func (f firmwareText) value() boot.Firmware { return boot.Firmware(f) }

func (f *firmwareText) parse(s string) error {
	v, err := boot.ParseFirmware(s)
	if err != nil {
		return errors.New(boot.Hint(s, boot.FirmwareNames()))
	}
	*f = firmwareText(v)
	return nil
}

func (*firmwareText) describe() string { return "a firmware kind" }

// pattern is text that must not be empty and in which * stands for any text.
type pattern string

func (p pattern) value() string { return string(p) }

func (p *pattern) parse(s string) error {
	if strings.Trim(s, "*") == "" {
		return errors.New("expected some text: this would fit everything")
	}
	*p = pattern(s)
	return nil
}

func (*pattern) describe() string { return "text" }

// nameText is the name of a host, a group or a profile.
type nameText boot.Text

func (n *nameText) parse(s string) error {
	if !validName(s) {
		return fmt.Errorf("expected a name of letters, digits and . _ - of at most %d characters", maxNameLength)
	}
	n.S = s
	return nil
}

func (n *nameText) place(pos boot.Pos) { n.Pos = pos }

func (*nameText) describe() string { return "a name" }

const (
	maxNameLength = 100
	namePattern   = `^[A-Za-z0-9][A-Za-z0-9._-]*$`
)

func validName(s string) bool {
	ok, _ := regexp.MatchString(namePattern, s)
	return ok && len(s) <= maxNameLength
}
