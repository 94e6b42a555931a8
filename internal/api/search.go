// SPDX-License-Identifier: Apache-2.0

package api

import (
	"slices"
	"strings"
)

// search is what a machine must have in one of its fields, each word in any of them.
type search []string

func searchFor(text string) search { return strings.Fields(strings.ToLower(text)) }

// finds reports whether a machine has every word in its name, addresses, serial number, UUID, hostname, profile, state or place.
func (s search) finds(m *Machine) bool {
	if len(s) == 0 {
		return true
	}
	fields := slices.Concat([]string{m.ID, m.Name, m.State, m.Profile, m.UUID, m.Serial, m.Hostname, m.Arch, m.Relay, m.Circuit}, m.MACs, m.Addresses)
	for i := range fields {
		fields[i] = strings.ToLower(fields[i])
	}
	for _, word := range s {
		mac := asMAC(word)
		if !slices.ContainsFunc(fields, func(f string) bool { return strings.Contains(f, word) }) &&
			(mac == "" || !slices.ContainsFunc(m.MACs, func(f string) bool { return strings.Contains(strings.ReplaceAll(f, ":", ""), mac) })) {
			return false
		}
	}
	return true
}

// asMAC is a word without what spellings of hardware addresses part their digits by; "" if it is no piece of one.
func asMAC(word string) string {
	digits := strings.NewReplacer(":", "", "-", "", ".", "").Replace(word)
	if len(digits) < 4 || strings.Trim(digits, "0123456789abcdef") != "" {
		return ""
	}
	return digits
}
