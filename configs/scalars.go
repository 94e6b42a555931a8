// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// scalar decodes what is written as one word; false if v is of another type.
func (d *decoder) scalar(n *node, v reflect.Value, path string, f field) bool {
	parse := d.parser(n, v, f)
	if parse == nil {
		return false
	}
	if n.Kind != scalarNode {
		d.fail(n, shown(path), "expected "+describe(v.Type(), f)+", got "+kindOf(n))
	} else if err := parse(n.Value); err != nil {
		d.fail(n, fmt.Sprintf("%s: %q", shown(path), clip(n.Value)), err.Error())
	}
	return true
}

// parser gives the function that reads text into v; nil if v is not a scalar.
func (d *decoder) parser(n *node, v reflect.Value, f field) func(string) error {
	switch p := v.Addr().Interface().(type) {
	case scalar:
		return p.parse
	case *boot.Text:
		return func(s string) error { *p = boot.Text{S: s, Pos: d.textPos(n)}; return nil }
	case *boot.MACPattern:
		return func(s string) (err error) { *p, err = boot.ParseMACPattern(s); return err }
	case *time.Duration:
		return func(s string) error { return parseDuration(s, f, p) }
	case *time.Time:
		return func(s string) error {
			return keep(p, "a date such as 2026-12-31, or a time such as 2026-12-31T18:00:00Z")(parseTime(s))
		}
	case *netip.Addr:
		return func(s string) error { return keep(p, "an IP address such as 10.0.0.1")(netip.ParseAddr(s)) }
	case *netip.Prefix:
		return func(s string) (err error) { *p, err = boot.ParseNetwork(s); return err }
	case *netip.AddrPort:
		return func(s string) error { return keep(p, "an address and port such as :69 or 10.0.0.1:69")(parseListen(s)) }
	case **regexp.Regexp:
		return func(s string) error { return keep(p, "a regular expression as Go has them (RE2)")(regexp.Compile(s)) }
	}
	return plainParser(n, v, f)
}

// plainParser is for the types of the language.
func plainParser(n *node, v reflect.Value, f field) func(string) error {
	switch v.Kind() {
	case reflect.String:
		return func(s string) error { v.SetString(s); return nil }
	case reflect.Bool:
		return func(s string) error {
			v.SetBool(s == "true")
			if s != "true" && s != "false" || n.Style&quotedStyle != 0 {
				return fmt.Errorf("expected true or false")
			}
			return nil
		}
	case reflect.Uint8:
		if words := wordsOf(v.Type()); words != nil {
			return func(s string) error { return parseWord(s, words, v) }
		}
		return nil
	case reflect.Int:
		return func(s string) error { return parseInt(s, f, v) }
	default:
		return nil
	}
}

// keep stores a parsed value, or says what was expected.
func keep[T any](p *T, expected string) func(T, error) error {
	return func(v T, err error) error {
		if err != nil {
			return fmt.Errorf("expected %s", expected)
		}
		*p = v
		return nil
	}
}

// parseWord stores the place of a word among those that there are.
func parseWord(s string, words []string, v reflect.Value) error {
	i := slices.Index(words, s)
	if i < 0 {
		return errors.New(boot.Hint(s, words))
	}
	v.SetUint(uint64(i))
	return nil
}

func parseInt(s string, f field, v reflect.Value) error {
	i, err := strconv.Atoi(s)
	lo, hi := f.bounds(0, 1<<31-1)
	if err != nil || i < lo || i > hi {
		return fmt.Errorf("expected a whole number from %d to %d", lo, hi)
	}
	v.SetInt(int64(i))
	return nil
}

// bounds reads min and max.
func (f field) bounds(lo, hi int) (int, int) {
	if i, err := strconv.Atoi(f.min); err == nil {
		lo = i
	}
	if i, err := strconv.Atoi(f.max); err == nil {
		hi = i
	}
	return lo, hi
}

// parseTime takes a date for its beginning in UTC.
func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, s)
}

func parseDuration(s string, f field, p *time.Duration) error {
	t, err := time.ParseDuration(s)
	lo, errLo := time.ParseDuration(f.min)
	hi, errHi := time.ParseDuration(f.max)
	switch {
	case err != nil || t < 0:
		return fmt.Errorf("expected a time with its unit, such as 50us, 200ms, 10s or 5m")
	case errLo == nil && t < lo, errHi == nil && t > hi:
		return fmt.Errorf("expected a time from %s to %s", orText(f.min, "0s"), orText(f.max, "any"))
	}
	*p = t
	return nil
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// parseListen takes a port alone for that port of every address: the address is not valid then.
func parseListen(s string) (netip.AddrPort, error) {
	if port, ok := strings.CutPrefix(s, ":"); ok {
		n, err := strconv.ParseUint(port, 10, 16)
		return netip.AddrPortFrom(netip.Addr{}, uint16(n)), err
	}
	return netip.ParseAddrPort(s)
}

// textPos is where text begins: that of a block (| or >) in the line below its mark, behind the indentation.
func (d *decoder) textPos(n *node) boot.Pos {
	pos := d.pos(n)
	if n.Style&blockStyle != 0 {
		pos.Line, pos.Column = pos.Line+1, 1
		if pos.Line <= len(d.lines) {
			pos.Column += indent(d.lines[pos.Line-1])
		}
	}
	return pos
}

// Size is a number of bytes. YAML writes it as a number with a unit: 512, 64KiB, 256MiB, 1GiB.
type Size int64

func (s *Size) parse(text string) error {
	number, factor := text, int64(1)
	for i, unit := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if rest, ok := strings.CutSuffix(text, unit); ok {
			number, factor = strings.TrimSpace(rest), 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/factor {
		return fmt.Errorf("expected a number of bytes such as 65536, 64KiB, 256MiB or 1GiB")
	}
	*s = Size(n * factor)
	return nil
}

// String gives the shortest exact form.
func (s Size) String() string {
	for i, unit := range []string{"TiB", "GiB", "MiB", "KiB"} {
		if factor := Size(1) << (10 * (4 - i)); s >= factor && s%factor == 0 {
			return strconv.FormatInt(int64(s/factor), 10) + unit
		}
	}
	return strconv.FormatInt(int64(s), 10)
}
