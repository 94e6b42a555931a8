// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/waiting"
)

var update = flag.Bool("update", false, "write the answers of docs/api.md anew")

const apiPage = "../../docs/api.md"

// documented is the appliance of the examples.
func documented(t *testing.T) *Client {
	s := newSite(t)
	s.Lives = newLives()
	s.Switch = func(context.Context, boot.Plan, string, PowerOrder) (string, string, error) {
		return "IPMI at 10.0.9.2", "on", nil
	}
	c := boot.Client{MAC: mac1, UUID: uuid, Serial: "S1", Archs: []boot.Arch{boot.ArchX64}, Class: boot.ClassPXE, Vendor: "PXEClient:Arch:00007", Addr: addr("192.0.2.51")}
	s.Memory.See(c)
	about := boot.Event{Client: c, Host: "node1", Profile: "debian", Level: boot.LevelInfo}
	offer, file := about, about
	offer.Kind, offer.Time, offer.Text = boot.EventDHCP, noon, "offered m/52-54-00-00-00-01/ipxe.efi"
	offer.Exchange = &boot.Exchange{Port: "67", Request: "DISCOVER", Verdict: "offer", Answered: true, Strategy: boot.StrategySkip, File: "m/52-54-00-00-00-01/ipxe.efi", Fresh: true}
	file.Kind, file.Time, file.Text = boot.EventFile, noon.Add(time.Second), "m/52-54-00-00-00-01/ipxe.efi"
	file.Transfer = &boot.Transfer{Protocol: boot.TFTP, Name: "m/52-54-00-00-00-01/ipxe.efi", By: "name", Outcome: "complete", Good: true,
		Size: 1035264, Bytes: 1035264, Duration: 250 * time.Millisecond, BlockSize: 1468, WindowSize: 4}
	s.note(offer)
	s.note(file)
	s.Memory.See(boot.Client{MAC: macWaits, Archs: []boot.Arch{boot.ArchX64}, Class: boot.ClassPXE, Addr: addr("192.0.2.59")})
	s.Images = func() []Image {
		return []Image{{Name: "debian/12", Title: "Debian 12 installer", Arch: "x86_64", Size: 41_283_584, Trust: "openpgp", LeastMemory: 1 << 30, Added: noon,
			Rot: []Rot{{Path: "linux", Why: "blob sha256:5f7a… was changed behind our back", Since: noon.Add(time.Minute)}}}}
	}
	s.Waiting = waiting.New(func() time.Time { return noon })
	s.Waiting.Join(macWaits, addr("192.0.2.59"))
	client, _, _ := s.serve(t)
	return client
}

// ask does what a line of the examples says.
func (c *Client) ask(t *testing.T, line string) string {
	t.Helper()
	m := regexp.MustCompile(`^\$ curl -s --unix-socket /run/bootlace/api\.sock (?:-X (POST) |-d '([^']*)' )?'?http://localhost` + Prefix + `([^\s']+)'?$`).FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("%s: not understood", line)
	}
	method := http.MethodGet
	if m[1] != "" || m[2] != "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(t.Context(), method, c.base+m[3], strings.NewReader(m[2]))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var raw, pretty bytes.Buffer
	_, err = raw.ReadFrom(resp.Body)
	if err == nil {
		err = json.Indent(&pretty, bytes.TrimSpace(raw.Bytes()), "", "  ")
	}
	if err != nil {
		t.Fatalf("%s: %v: %s", line, err, raw.String())
	}
	return regexp.MustCompile(`"at": "20(?:[13-9]\d|2[^6])[^"]*"`).ReplaceAllString(pretty.String(), `"at": "…"`) + "\n"
}

// TestDocsExamples runs the examples of docs/api.md in their order.
func TestDocsExamples(t *testing.T) {
	page, err := os.ReadFile(apiPage)
	if err != nil {
		t.Fatal(err)
	}
	c := documented(t)
	blocks := regexp.MustCompile("(?s)```console\n(.*?)```\n")
	n := 0
	got := blocks.ReplaceAllStringFunc(string(page), func(block string) string {
		out := "```console\n"
		for line := range strings.Lines(block) {
			if strings.HasPrefix(line, "$ ") {
				n++
				out += line + c.ask(t, strings.TrimSpace(line))
			}
		}
		return out + "```\n"
	})
	if n < 6 {
		t.Fatalf("%d examples", n)
	}
	if *update {
		if err := os.WriteFile(apiPage, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(page), got); diff != "" {
		t.Errorf("docs/api.md, which go generate ./internal/api writes:\n%s", diff)
	}
}

// TestDocsFields: every field of an answer has its place in the documentation.
func TestDocsFields(t *testing.T) {
	page, err := os.ReadFile(apiPage)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var look func(typ reflect.Type)
	look = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || typ == reflect.TypeFor[time.Time]() {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			if name == "" && !f.Anonymous {
				t.Errorf("%v.%s has no name in JSON", typ, f.Name)
			}
			if !f.Anonymous && !strings.Contains(string(page), "`"+name+"`") {
				t.Errorf("docs/api.md says nothing of %s (%v)", name, typ)
			}
			look(f.Type)
		}
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[Page](), reflect.TypeFor[Change](), reflect.TypeFor[Timeline](), reflect.TypeFor[Waiters](), reflect.TypeFor[Images](), reflect.TypeFor[Adoption](), reflect.TypeFor[Adopted](), reflect.TypeFor[Problem](), reflect.TypeFor[RenderedFiles](), reflect.TypeFor[Hosts](), reflect.TypeFor[HostChange](), reflect.TypeFor[Profiles](), reflect.TypeFor[Network](), reflect.TypeFor[Throughput]()} {
		look(typ)
	}
	if len(seen) < 12 {
		t.Errorf("%d types", len(seen))
	}
}

// TestCurl: a client of others', with the documented words.
func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("NOT TESTED: there is no curl")
	}
	s := newSite(t)
	_, path, _ := s.serve(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, curl, "-s", "--unix-socket", path, "http://localhost/api/v1/machines?profile=debian").CombinedOutput()
	var p Page
	if err != nil || json.Unmarshal(out, &p) != nil || len(p.Machines) != 2 {
		t.Errorf("%v: %s", err, out)
	}
}
