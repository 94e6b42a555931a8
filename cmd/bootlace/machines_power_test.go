// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// TestDocsPower: what docs/machines.md shows of power is what testdata/net/power.txtar runs, word by word.
func TestDocsPower(t *testing.T) {
	page, err := os.ReadFile("../../docs/machines.md")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/net/power.txtar")
	if err != nil {
		t.Fatal(err)
	}
	script := strings.ReplaceAll(string(raw), " at c/", " at ")
	_, section, _ := strings.Cut(string(page), "\n## Power\n") // not by sections: a root's prompt looks like a heading
	section, _, _ = strings.Cut(section, "\n## ")
	n, shown := 0, false
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			shown = !shown
			continue
		}
		command, isCommand := strings.CutPrefix(line, "# ")
		switch {
		case !shown:
		case isCommand:
			n++
			if !strings.Contains(script, "exec "+command+" --state state\n") {
				t.Errorf("%s: is not run", command)
			}
		case !strings.Contains(script, "\n"+line+"\n"):
			t.Errorf("%s: is nothing that was printed", line)
		}
	}
	if n < 6 {
		t.Fatalf("%d commands", n)
	}
}

// TestNextAndPowerIsOneObject: a program that reads what --json prints finds one object, whatever of it could be done.
func TestNextAndPowerIsOneObject(t *testing.T) {
	power := http.StatusOK
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/power") {
			w.WriteHeader(power)
			w.Write([]byte(`{"id": "x", "name": "node1", "by": "IPMI", "state": "on", "title": "Bad Gateway", "status": 502, "detail": "the BMC is silent"}`))
			return
		}
		w.Write([]byte(`{"changed": true, "machine": {"name": "node1", "state": "unmanaged"}}`))
	}))
	defer srv.Close()
	for _, tt := range []struct {
		status int
		state  string
		code   int
	}{{http.StatusOK, "on", exitOK}, {http.StatusBadGateway, "", exitFailed}} {
		power = tt.status
		code, out, stderr := bootlace(t, "", "machines", "next", "node1", "--profile", "rescue", "--power-cycle", "--json", "--server", srv.URL)
		var did struct {
			Changed bool
			Machine struct{ Name string }
			Power   struct{ State string }
		}
		if err := json.Unmarshal([]byte(out), &did); err != nil || code != tt.code || !did.Changed || did.Machine.Name != "node1" || did.Power.State != tt.state {
			t.Errorf("the BMC answers %d: exit %d, %v, %s %s", tt.status, code, err, out, stderr)
		}
	}
}
