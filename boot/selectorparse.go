// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
)

func parseMachineUUID(s string) (UUID, error) {
	u, err := ParseUUID(s)
	switch {
	case err != nil:
		return u, errors.New("expected a UUID such as 4c4c4544-0032-4610-8053-b7c04f4d5031")
	case u.Placeholder():
		return u, errors.New("expected a UUID that identifies something: many boards come with this one")
	}
	return u, nil
}

func parseRelay(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return a, errors.New("expected an IP address such as 10.0.0.1")
	}
	return a, nil
}

// ParseNetwork takes an address for the network of that one address, and the address of a machine for that of its network.
// The error says what was expected.
func ParseNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, errors.New("expected a network such as 10.0.7.0/24")
	}
	return p.Masked(), nil
}

// parseText refuses patterns that every text would fit.
func parseText(s string) (string, error) {
	if strings.Trim(s, "*") == "" {
		return "", errors.New("expected some text: this would fit everything")
	}
	return s, nil
}

// parseVendor takes a star at the end for what it is anyway: vendor classes are compared by their beginning.
func parseVendor(s string) (string, error) {
	s, err := parseText(s)
	return strings.TrimSuffix(s, "*"), err
}

func parseFirmwareWord(s string) (Firmware, error) {
	f, err := ParseFirmware(s)
	if err != nil {
		return f, errors.New(Hint(s, FirmwareNames()))
	}
	return f, nil
}

// addArchs takes the name of an instruction set for all architectures that have it.
func addArchs(m *Match, text string) error {
	name := CPUName(text)
	a, err := ParseArch(name)
	switch {
	case err == nil:
		m.Archs = append(m.Archs, a.Plain()) // HTTP variants of a machine are the same machine
	case slices.Contains(CPUNames(), name):
		for a := range Arch(archCount) {
			if a == a.Plain() && slices.Contains(a.Keys(), name) {
				m.Archs = append(m.Archs, a)
			}
		}
	default:
		return errors.New(Hint(text, append(ArchNames(), CPUNames()...)))
	}
	slices.Sort(m.Archs)
	m.Archs = slices.Compact(m.Archs)
	return nil
}
