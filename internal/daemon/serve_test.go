// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pin/tftp/v3"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/recorder"
)

// appliance is a running Serve on loopback.
type appliance struct {
	dir, state string
	tftp, http string
	told       chan map[string]any
	stop       context.CancelFunc // SIGTERM
}

// serve runs a configuration, with a bootlace.yaml and other files by path, until the test ends.
func serve(t *testing.T, settings string, files map[string]string) *appliance {
	t.Helper()
	a := &appliance{dir: t.TempDir(), state: t.TempDir(), told: make(chan map[string]any, 1000)}
	a.write(t, filepath.Join(a.dir, "bootlace.yaml"), fmt.Sprintf(strings.ReplaceAll(settings, "\t", "  "), a.state, freePort(t), freePort(t)))
	for name, text := range files {
		a.write(t, filepath.Join(a.dir, name), text)
	}
	for name, text := range map[string]string{"images/Boot/BCD": "store", "images/linux": "kernel"} {
		a.write(t, filepath.Join(a.state, name), text)
	}
	ctx, cancel := context.WithCancel(context.Background())
	a.stop = cancel
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- Serve(ctx, Options{Dir: a.dir, Log: func(c configs.Log) (recorder.Log, error) {
			return recorder.Log{Out: w, Level: c.Level}, nil
		}})
		w.Close()
	}()
	go a.listen(r)
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve ended with %v", err)
		}
	})
	for _, l := range a.wait(t, "serving")["listen"].([]any) {
		switch what, addr, _ := strings.Cut(l.(string), " "); what {
		case "tftp":
			a.tftp = strings.Trim(addr, "[]")
		case "http":
			a.http = addr
		}
	}
	return a
}

// freePort finds a port that nobody has, for both protocols: the kernel does not give it to another soon.
func freePort(t *testing.T) uint16 {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := l.Addr().String()
		u, err := net.ListenPacket("udp", addr)
		l.Close()
		if err == nil {
			u.Close()
			return netip.MustParseAddrPort(addr).Port()
		}
	}
	t.Fatal("no port is free for both TCP and UDP")
	return 0
}

func (a *appliance) write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (a *appliance) listen(r io.Reader) {
	defer close(a.told)
	for lines := bufio.NewScanner(r); lines.Scan(); {
		line := map[string]any{}
		if json.Unmarshal(lines.Bytes(), &line) == nil {
			a.told <- line
		}
	}
}

// wait reads the log up to a line with that message.
func (a *appliance) wait(t *testing.T, message string) map[string]any {
	t.Helper()
	for line := range a.told {
		if line["message"] == message {
			return line
		}
	}
	t.Fatalf("the log ended without %q", message)
	return nil
}

func (a *appliance) get(t *testing.T, name string) (string, error) {
	t.Helper()
	c, err := tftp.NewClient(a.tftp)
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.Receive(name, "octet")
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	_, err = w.WriteTo(&b)
	return b.String(), err
}

func (a *appliance) put(t *testing.T, name, text string) error {
	t.Helper()
	c, err := tftp.NewClient(a.tftp)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Send(name, "octet")
	if err == nil {
		_, err = r.ReadFrom(strings.NewReader(text))
	}
	return err
}

const onLoopback = `
server: {state: %q, user: ""}
dhcp: {mode: "off"}
http: {listen: ["127.0.0.1:%d"]}
log: {level: debug}
tftp:
	listen: ["127.0.0.1:%d"]
`

// TestServeNames: the keys that say how names of TFTP are understood.
func TestServeNames(t *testing.T) {
	a := serve(t, onLoopback+`
	ignore_case: true
	remap:
		- {match: '^tftpboot/', replace: ''}
		- {match: '^secret', deny: true}
		- {match: '^first$', replace: second, final: true}
		- {match: '^second$', replace: nothing}
`, nil)
	a.write(t, filepath.Join(a.state, "images/second"), "2")
	a.write(t, filepath.Join(a.state, "images/secret"), "s")
	for name, want := range map[string]string{
		`\boot\bcd`: "store", "tftpboot/linux": "kernel", "m/52-54-00-00-00-01/tftpboot/LINUX": "kernel", "first": "2",
	} {
		if got, err := a.get(t, name); got != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	for name, want := range map[string]string{"secret": "code: 2", "second": "code: 1"} {
		if got, err := a.get(t, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v; want an error with %q", name, got, err, want)
		}
	}
	resp, err := http.Get("http://" + a.http + "/boot/bcd")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("HTTP ignores case: %s", resp.Status)
	}
}

// TestServeWrites: where uploads go, and what refuses them.
func TestServeWrites(t *testing.T) {
	uploads := t.TempDir()
	a := serve(t, onLoopback+`
	writes: {directory: "`+uploads+`", max_size: 1000, max_files: 3, max_total: 2000}
`, nil)
	for _, tc := range []struct{ name, text, file, refused string }{
		{"m/52-54-00-00-00-01/config.txt", "hello", "52-54-00-00-00-01/config.txt", ""},
		{"config.txt", "from an address", "127.0.0.1/config.txt", ""},
		{"config.txt", "again", "", "code=6"},
		{"large", strings.Repeat("x", 1001), "", "code=3"},
		{"../up", "x", "", "code=2"},
		{"third", "x", "127.0.0.1/third", ""},
		{"fourth", "x", "", "code=3"},
	} {
		err := a.put(t, tc.name, tc.text)
		for tries := 0; err != nil && tc.refused == "" && tries < 3000; tries++ { // what a refused one took is given back behind its back
			time.Sleep(20 * time.Millisecond)
			err = a.put(t, tc.name, tc.text)
		}
		if tc.refused != "" {
			if err == nil || !strings.Contains(err.Error(), tc.refused) {
				t.Errorf("%s: %v, want an error with %q", tc.name, err, tc.refused)
			}
			continue
		}
		b, e := os.ReadFile(filepath.Join(uploads, tc.file))
		for tries := 0; e != nil && tries < 3000; tries++ { // it gets its name after the last ACK
			time.Sleep(20 * time.Millisecond)
			b, e = os.ReadFile(filepath.Join(uploads, tc.file))
		}
		if err != nil || e != nil || string(b) != tc.text {
			t.Errorf("%s: %v, %v, %q", tc.name, err, e, b)
		}
	}
}

// TestServeWritesAreOff unless there is a directory.
func TestServeWritesAreOff(t *testing.T) {
	a := serve(t, onLoopback, nil)
	if err := a.put(t, "config.txt", "x"); err == nil || !strings.Contains(err.Error(), "code=2") {
		t.Errorf("an upload ended with %v", err)
	}
}

// TestServeReloads: what a machine gets follows the files, a mistake changes nothing, and both are told.
func TestServeReloads(t *testing.T) {
	profile := "kernel: linux\ncmdline: [say=%s]\n"
	a := serve(t, onLoopback, map[string]string{
		"profiles/p.yaml": fmt.Sprintf(profile, "one"),
		"hosts/h.yaml":    "hosts: [{name: h, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
	})
	script := "m/52-54-00-00-00-01/boot.ipxe"
	if got, err := a.get(t, script); !strings.Contains(got, "say=one") {
		t.Fatalf("%q, %v", got, err)
	}
	a.write(t, filepath.Join(a.dir, "profiles/p.yaml"), fmt.Sprintf(profile, "two"))
	if line := a.wait(t, "configuration reloaded"); line["changes"] != "~1 profile" {
		t.Errorf("the changes are told as %v", line["changes"])
	}
	if got, err := a.get(t, script); !strings.Contains(got, "say=two") {
		t.Fatalf("after the reload: %q, %v", got, err)
	}
	a.write(t, filepath.Join(a.dir, "profiles/p.yaml"), "kernl: linux\n")
	if line := a.wait(t, "configuration not reloaded, the last good one stays"); line["level"] != "error" {
		t.Errorf("a refused configuration is told at level %v", line["level"])
	}
	if got, err := a.get(t, script); !strings.Contains(got, "say=two") {
		t.Fatalf("after a mistake: %q, %v", got, err)
	}
}
