// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"slices"
	"strings"
	"testing"
)

// pxeConfig is a configuration of PXELINUX, read as its parser does: one directive a line, the first word in any case.
type pxeConfig struct {
	global map[string]string
	said   []string
	labels []pxeLabel
}

type pxeLabel struct {
	name  string
	menus []string // the menus it is in
	is    map[string]string
}

func (c pxeConfig) label(name string) pxeLabel {
	for _, l := range c.labels {
		if l.name == name {
			return l
		}
	}
	return pxeLabel{}
}

func readPXELinux(t testing.TB, text string) pxeConfig {
	t.Helper()
	c := pxeConfig{global: map[string]string{}}
	var within []string
	cur := -1
	for raw := range strings.SplitSeq(text, "\n") {
		key, value, _ := strings.Cut(strings.TrimLeft(raw, " \t"), " ")
		key, value = strings.ToUpper(key), strings.TrimSpace(value)
		if key == "MENU" {
			word, rest, _ := strings.Cut(value, " ")
			key, value = "MENU "+strings.ToUpper(word), strings.TrimSpace(rest)
		}
		switch key {
		case "", "#":
		case "LABEL":
			c.labels = append(c.labels, pxeLabel{name: value, menus: slices.Clone(within), is: map[string]string{}})
			cur = len(c.labels) - 1
		case "MENU BEGIN":
			within, cur = append(within, value), -1
		case "MENU END":
			within, cur = within[:len(within)-1], -1
		case "SAY":
			c.said = append(c.said, value)
		case "DEFAULT", "PROMPT", "TIMEOUT", "ONTIMEOUT", "UI", "ALLOWOPTIONS", "NOESCAPE", "MENU BACKGROUND":
			c.global[key] = value
		case "MENU TITLE":
			if cur < 0 {
				c.global[strings.TrimSpace(strings.Join(within, "/")+" "+key)] = value
			}
		case "MENU LABEL", "MENU HIDE", "MENU PASSWD", "MENU EXIT", "LINUX", "KERNEL", "PXE", "INITRD", "APPEND", "LOCALBOOT", "CONFIG":
			if cur < 0 {
				t.Fatalf("%s stands outside of every label: %q", key, raw)
			}
			if _, twice := c.labels[cur].is[key]; twice {
				t.Fatalf("%s stands twice in label %s", key, c.labels[cur].name)
			}
			c.labels[cur].is[key] = value
		default:
			t.Fatalf("there is no directive %q (line %q)", key, raw)
		}
	}
	return c
}
