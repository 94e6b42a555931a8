// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"testing"
	"time"
)

func TestWatcher(t *testing.T) {
	c := Case{Name: "x", Console: []string{`BOOTED mac={mac} cmdline=[^\n]*token={token}`, `done`}}
	mac := c.MAC().String()
	tests := map[string]struct {
		c    Case
		text string
		done bool
		err  string
	}{
		"nothing yet":        {c, "BdsDxe: starting", false, ""},
		"one of two":         {c, "BOOTED mac=" + mac + " cmdline=quiet token=abc", false, ""},
		"both":               {c, "BOOTED mac=" + mac + " cmdline=quiet token=abc\ndone", true, ""},
		"another's token":    {c, "BOOTED mac=" + mac + " cmdline=quiet token=abd\ndone", false, ""},
		"token in next line": {c, "BOOTED mac=" + mac + " cmdline=\ntoken=abc\ndone", false, ""},
		"lost":               {c, "No bootable device.", false, `the console says "No bootable device" instead of "BOOTED mac=` + mac + ` cmdline=[^\\n]*token=abc"`},
		"a prompt":           {c, "grub> ", false, `the console says "grub> $" instead of "BOOTED mac=` + mac + ` cmdline=[^\\n]*token=abc"`},
		"wanted, not lost":   {Case{Console: []string{"No bootable"}}, "No bootable device.", true, ""},
		"on to the disk":     {Case{Disk: BIOSDisk, Console: []string{"DISK"}}, "No more network devices", false, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := watcher{c: tt.c, token: "abc"}
			done, err := w.look(tt.text)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if done != tt.done || got != tt.err {
				t.Errorf("got %v %q, want %v %q", done, got, tt.done, tt.err)
			}
		})
	}
}

// Keys are typed once each, in order, each after its own prompt.
func TestWatcherTypes(t *testing.T) {
	var typed bytes.Buffer
	w := watcher{c: Case{Console: []string{"end"}}, stdin: &typed, keys: []Key{{"> ", "a"}, {"> ", "b"}}}
	for _, text := range []string{"x", "x> ", "x> ", "x> y> ", "x> y> z> "} {
		if _, err := w.look(text); err != nil {
			t.Fatal(err)
		}
	}
	if typed.String() != "ab" {
		t.Errorf("typed %q, want \"ab\"", &typed)
	}
}

// Words on the console and data on the network are progress; what every idle network hears is none.
func TestProgress(t *testing.T) {
	start := time.Unix(1000, 0)
	p := progress{at: start}
	for i, step := range []struct {
		console, bytes int
		moved          bool
	}{{0, 500, false}, {1, 900, true}, {1, advertisements, false}, {1, 2 * advertisements, true}, {1, 2*advertisements + 100, false}, {7, 2*advertisements + 100, true}} {
		now := start.Add(time.Duration(i+1) * time.Second)
		if moved := p.seen(now, step.console, step.bytes).Equal(now); moved != step.moved {
			t.Errorf("step %d: progress %v, want %v", i, moved, step.moved)
		}
	}
}
