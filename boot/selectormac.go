// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"errors"
	"math"
	"slices"
	"strings"
)

// macSelector is for addresses and for prefixes of addresses. A rule that has prefixes decides less: see macPrefixSelector.
func macSelector() *Selector {
	return &Selector{
		Key: "mac", Name: "mac",
		Doc:   "Hardware addresses of the machine's network cards, or prefixes such as 52:54:00:*.",
		Form:  Form{What: "a MAC address", Example: "52:54:00:12:34:56", Pattern: `^[0-9a-fA-F]([0-9a-fA-F:.-]*\*?)$`, MaxNumber: 999_999_999_999},
		parse: addMAC,
		given: func(m *Match) bool { return len(m.MACs)+len(m.OUIs) > 0 },
		matches: func(m *Match, c *Client, _ bool) bool {
			return slices.Contains(m.MACs, c.MAC) || c.MAC.hasPrefix(m.OUIs)
		},
		width:   func(m *Match) (float64, bool) { return float64(len(m.MACs)), len(m.MACs) > 0 && len(m.OUIs) == 0 },
		meet:    macsMeet,
		text:    func(m *Match) string { return "mac " + shortList(append(texts(m.MACs), each(m.OUIs, showPrefix)...)) },
		example: func(m *Match, c *Client) { c.MAC = exampleMAC(m) },
		names:   func(*Match) bool { return true },
		find: exactly(func(m *Match) []MAC {
			if len(m.OUIs) > 0 {
				return nil
			}
			return m.MACs
		}, func(c *Client) (MAC, bool) { return c.MAC, true }),
	}
}

// macPrefixSelector is the degree of those that have a prefix among their addresses.
func macPrefixSelector() *Selector {
	return &Selector{
		Key: "mac", Name: "mac prefix",
		width: func(m *Match) (float64, bool) {
			bits := func(s string) float64 { return 4 * float64(len(s)) }
			return float64(len(m.MACs))*math.Exp2(-48) + widthOf(m.OUIs, bits), len(m.OUIs) > 0
		},
		find: nested(func(m *Match) []addressDigits {
			if len(m.OUIs) == 0 {
				return nil
			}
			return append(each(m.MACs, MAC.digits), each(m.OUIs, digitsOf)...)
		}, addressDigits.length, func(c *Client, n int) (addressDigits, bool) {
			d := c.MAC.digits()
			clear(d[n:])
			return d, true
		}),
	}
}

// addressDigits are lower-case hexadecimal digits from the beginning of an address; NUL where there are no more.
type addressDigits [12]byte

func (d addressDigits) length() int {
	if n := slices.Index(d[:], 0); n >= 0 {
		return n
	}
	return len(d)
}

func digitsOf(prefix string) (d addressDigits) {
	copy(d[:], prefix)
	return d
}

func (m MAC) hasPrefix(prefixes []string) bool {
	if len(prefixes) == 0 {
		return false
	}
	digits := m.digits()
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(string(digits[:]), p) })
}

func macsMeet(a, b *Match) bool {
	if len(a.MACs)+len(a.OUIs) == 0 || len(b.MACs)+len(b.OUIs) == 0 {
		return true
	}
	inside := func(m MAC, of *Match) bool { return slices.Contains(of.MACs, m) || m.hasPrefix(of.OUIs) }
	return slices.ContainsFunc(a.MACs, func(m MAC) bool { return inside(m, b) }) ||
		slices.ContainsFunc(b.MACs, func(m MAC) bool { return inside(m, a) }) ||
		len(a.OUIs) > 0 && len(b.OUIs) > 0 && meet(a.OUIs, b.OUIs, func(x, y string) bool {
			return strings.HasPrefix(x, y) || strings.HasPrefix(y, x)
		})
}

func exampleMAC(m *Match) MAC {
	if len(m.MACs) > 0 {
		return m.MACs[0]
	}
	prefix := m.OUIs[0]
	mac, _ := ParseMAC(prefix + "000000000001"[len(prefix):]) // prefixes are digits
	return mac
}

func addMAC(m *Match, text string) error {
	p, err := ParseMACPattern(text)
	switch {
	case err != nil:
		return err
	case p.prefix != "":
		m.OUIs = append(m.OUIs, p.prefix)
	default:
		m.MACs = append(m.MACs, p.mac)
	}
	return nil
}

// MACPattern is an address, or the beginning of addresses.
type MACPattern struct {
	mac    MAC
	prefix string // bare lower-case digits
}

// Matches reports whether an address is meant.
func (p MACPattern) Matches(m MAC) bool {
	if p.prefix == "" {
		return p.mac == m
	}
	return m.hasPrefix([]string{p.prefix})
}

// String gives the form that [ParseMACPattern] reads.
func (p MACPattern) String() string {
	if p.prefix == "" {
		return p.mac.String()
	}
	return showPrefix(p.prefix)
}

// ParseMACPattern reads an address in any notation, or its beginning with a star behind it. The error says what was expected.
func ParseMACPattern(s string) (MACPattern, error) {
	if head, ok := strings.CutSuffix(s, "*"); ok {
		digits := strings.ToLower(strings.NewReplacer(":", "", "-", "", ".", "").Replace(head))
		if digits == "" || len(digits) > 11 || strings.Trim(digits, "0123456789abcdef") != "" {
			return MACPattern{}, errors.New("expected the beginning of a MAC address, such as 52:54:00:*")
		}
		return MACPattern{prefix: digits}, nil
	}
	m, err := ParseMAC(s)
	switch {
	case err != nil:
		return MACPattern{}, errors.New("expected a MAC address such as 52:54:00:12:34:56, or a prefix such as 52:54:00:*")
	case m.IsZero():
		return MACPattern{}, errors.New("expected an address that identifies something: firmware sends zeros when it has none")
	case m.IsGroup():
		return MACPattern{}, errors.New("expected the address of one network card: this is a multicast address")
	}
	return MACPattern{mac: m}, nil
}

// showPrefix writes 525400 as 52:54:00:*.
func showPrefix(digits string) string {
	var b strings.Builder
	for i := range len(digits) {
		b.WriteByte(digits[i])
		if i%2 == 1 {
			b.WriteByte(':')
		}
	}
	return b.String() + "*"
}
