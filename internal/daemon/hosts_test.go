// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/site"
)

// hostClient changes hosts over a socket.
type hostClient struct {
	t *testing.T
	http.Client
}

func hostClientOf(t *testing.T, a *appliance) *hostClient {
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(a.state, "api.sock"))
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return &hostClient{t, http.Client{Transport: tr}}
}

// ask gives status, tag and text of an answer. header is "Name: value", or empty.
func (c *hostClient) ask(method, path, header, body string) (int, string, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, "http://localhost"+api.Prefix+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if name, value, ok := strings.Cut(header, ": "); ok {
		r.Header.Set(name, value)
	}
	resp, err := c.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header.Get("ETag"), string(b)
}

// want asks, and gives the tag of the answer.
func (c *hostClient) want(status int, word, method, path, header, body string) string {
	c.t.Helper()
	code, etag, text := c.ask(method, path, header, body)
	if code != status || !strings.Contains(text, word) {
		c.t.Errorf("%s %s (%s) %s: %d %s; want %d, %q", method, path, header, body, code, text, status, word)
	}
	return etag
}

// TestHostsByAPI: they are made, changed and deleted by who knows what is there, are in use at once, and give way to YAML.
func TestHostsByAPI(t *testing.T) {
	a := serve(t, onLoopback, map[string]string{
		"hosts/a.yaml":        "hosts:\n  - {name: old, match: {mac: '52:54:00:00:00:01'}, profile: local}\n",
		"profiles/local.yaml": "kernel: linux\n", "profiles/other.yaml": "kernel: linux\n",
	})
	c := hostClientOf(t, a)
	const node7, changed = `{"match":{"mac":"52:54:00:00:00:07"},"profile":"local","vars":{"n":4,"s":"<é😀>"}}`, `{"profile":"other","match":{"mac":"52:54:00:00:00:07"}}`
	const fresh = "If-None-Match: *"
	c.want(428, "If-None-Match", "PUT", "/hosts/node7", "", node7)
	first := c.want(200, `"changed":true`, "PUT", "/hosts/node7", fresh, node7)
	c.want(200, `"changed":false`, "PUT", "/hosts/node7", "", ` {"name": "node7", "vars":{"s":"\u003cé\ud83d\ude00>","n":4}, "profile":"local","match":{"mac":"52:54:00:00:00:07"}}`)
	c.want(200, `"profile":"local"`, "GET", "/machines/node7", "", "")
	if got := c.want(200, `"source":"api"`, "GET", "/hosts/node7", "", ""); got != first || first == "" {
		t.Errorf("tags %s, %s", first, got)
	}
	c.want(412, "there already", "PUT", "/hosts/node7", fresh, changed)
	c.want(412, "changed since", "PUT", "/hosts/node7", `If-Match: "x"`, changed)
	c.want(412, "changed since", "PUT", "/hosts/nobody", "If-Match: *", `{"match":{"mac":"52:54:00:00:00:09"}}`)
	second := c.want(200, `"changed":true`, "PUT", "/hosts/node7", "If-Match: "+first, changed)
	c.want(200, `"profile":"other"`, "GET", "/machines/node7", "", "")
	c.want(412, "changed since", "DELETE", "/hosts/node7", "If-Match: "+first, "")

	kept, err := os.ReadFile(filepath.Join(a.state, "api-hosts.json"))
	if err != nil {
		t.Fatal(err)
	}
	for body, word := range map[string]string{
		`{"match":{"mac":"52:54:00:00:00:01"},"profile":"local"}`: "YAML wins",
		`{"match":{"mac":"52:54:00:00:00:08"},"profile":"nope"}`:  "nope",
		`{"match":{"mac":"not one"},"profile":"local"}`:           "mac",
		`{"mtch":{}}`: "mtch",
		`{"match":{"mac":"52:54:00:00:00:08"},"profile":7}`: "profile",
	} {
		c.want(409, word, "PUT", "/hosts/node8", fresh, body)
	}
	c.want(409, "YAML wins", "PUT", "/hosts/old", fresh, `{"match":{"mac":"52:54:00:00:00:08"},"profile":"local"}`)
	for _, body := range []string{"", "[]", "null", "{} {}", `{"name":"x"}`, "{"} {
		c.want(400, "", "PUT", "/hosts/node8", fresh, body)
	}
	if now, _ := os.ReadFile(filepath.Join(a.state, "api-hosts.json")); string(now) != string(kept) {
		t.Errorf("what was refused was written: %s", now)
	}

	a.write(t, filepath.Join(a.dir, "hosts", "b.yaml"), "hosts:\n  - {name: node7, match: {mac: '52:54:00:00:00:07'}, profile: local}\n")
	var f site.Findings
	for deadline := time.Now().Add(time.Minute); len(f.Warnings) == 0 && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		_, _, text := c.ask("GET", "/findings", "", "")
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0].What, "YAML wins") || !strings.HasSuffix(f.Warnings[0].File, "api-hosts.json") || f.Warnings[0].Line != 2 || len(f.Errors) != 0 {
		t.Errorf("%+v", f)
	}
	c.want(200, `"profile":"local"`, "GET", "/machines/node7", "", "")
	c.want(200, `"changed":true`, "DELETE", "/hosts/node7", "If-Match: "+second, "")
	c.want(404, "made no host node7", "DELETE", "/hosts/node7", "If-Match: *", "")
	c.want(200, `"source":"yaml"`, "GET", "/hosts", "", "")
}

// TestAPIHostsOutliveARestart, and are exported as YAML that says the same.
func TestAPIHostsOutliveARestart(t *testing.T) {
	files := map[string]string{"hosts/a.yaml": "hosts: []\n", "profiles/local.yaml": "kernel: linux\n"}
	a := serve(t, onLoopback, files)
	hostClientOf(t, a).want(200, "", "PUT", "/hosts/node7", "If-None-Match: *", `{"match":{"mac":"52:54:00:00:00:07"},"profile":"local","vars":{"big":9007199254740993,"x":[1.5,null,true]}}`)
	a.stop()
	s, problems, err := site.Open(a.dir, site.Overrides{})
	if s == nil || err != nil {
		t.Fatal(problems, err)
	}
	before, ok := s.Host("node7")
	text, err := s.ExportAPIHosts()
	if !ok || before.Profile != "local" || err != nil {
		t.Fatalf("%+v, %v", before, err)
	}
	if err := os.Remove(s.APIHostsFile()); err != nil {
		t.Fatal(err)
	}
	a.write(t, filepath.Join(a.dir, "hosts", "a.yaml"), text)
	again, problems, err := site.Open(a.dir, site.Overrides{})
	if again == nil || err != nil {
		t.Fatal(problems, err, text)
	}
	after, _ := again.Host("node7")
	if after.At = before.At; !strings.Contains(text, "9007199254740993") || jsonOf(t, before) != jsonOf(t, after) {
		t.Errorf("%s\n%+v\n%+v", text, before, after)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
