// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"time"
)

// defaultText is a value as YAML writes it.
func defaultText(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case time.Duration:
		return shortTime(x)
	case netip.AddrPort:
		if !x.Addr().IsValid() {
			return fmt.Sprintf(`":%d"`, x.Port())
		}
		return x.String()
	case fmt.Stringer:
		return x.String()
	case string:
		if x == "" {
			return `""`
		}
		return x
	}
	if v.Kind() == reflect.Slice {
		items := make([]string, v.Len())
		for i := range items {
			items[i] = defaultText(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprint(v.Interface())
}

// shortTime leaves the zero units out that time.Duration writes: 1m0s is 1m.
func shortTime(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}
