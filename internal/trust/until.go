// SPDX-License-Identifier: Apache-2.0

package trust

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// mostHeaders is where the headers of a Release file end at the latest, in bytes.
const mostHeaders = 64 << 10

// ValidUntil is the time from which on a list is not to be believed, as a Release file of Debian says in Valid-Until (deb822): an old one
// that is signed rightly may be given out for ever by who wants to keep its readers from newer ones. It is zero for a list that says nothing
// of it. An error is about a date that cannot be read.
func ValidUntil(list []byte) (until time.Time, err error) {
	for line := range bytes.Lines(list[:min(len(list), mostHeaders)]) {
		name, value, ok := strings.Cut(strings.TrimRight(string(line), "\r\n"), ":")
		if !ok || !strings.EqualFold(name, "Valid-Until") {
			continue
		}
		at, err := parseDate(strings.TrimSpace(value))
		if err != nil {
			return time.Time{}, fmt.Errorf("Valid-Until: %q is no date: %w", strings.TrimSpace(value), err)
		}
		if until.IsZero() || at.Before(until) { // said twice: the stricter one
			until = at
		}
	}
	return until, nil
}

// parseDate reads dates as archives write them (RFC 5322, in UTC), with or without the day of the week.
func parseDate(s string) (at time.Time, err error) {
	for _, layout := range []string{"Mon, 2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05 -0700"} {
		if at, err = time.Parse(layout, s); err == nil {
			if zone, offset := at.Zone(); offset == 0 && zone != "UTC" && zone != "GMT" && !strings.HasSuffix(layout, "-0700") {
				return time.Time{}, fmt.Errorf("its zone %q is not known", zone)
			}
			return at, nil
		}
	}
	return time.Time{}, err
}
