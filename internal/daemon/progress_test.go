// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"fmt"
	"io"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/tftpd"
)

// withImages makes an appliance that has these images.
func withImages(t *testing.T, images []string, files map[string]string) *assembled {
	t.Helper()
	dir := t.TempDir()
	for _, name := range images {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Repeat(name, 500)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files["bootlace.yaml"] += fmt.Sprintf("server: {images: %s}\n", dir)
	return assembledOf(t, files)
}

// transfer loads a file by TFTP to the end, or breaks off.
func (a *assembled) transfer(t *testing.T, name, from string, outcome tftpd.Outcome) {
	t.Helper()
	r := tftpd.Request{Name: name, Local: netip.AddrPortFrom(ourAddr, 69), Remote: netip.AddrPortFrom(addr(from), 2000)}
	f, err := a.tftp.Opener.Open(t.Context(), &r)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if c, ok := f.(io.Closer); ok {
		defer c.Close()
	}
	a.tftp.Events(tftpd.Finished{Request: r, Outcome: outcome, Size: f.Size(), Bytes: f.Size(), BlockSize: 512})
}

// TestProgress: a machine that has its kernel and all of its initrds has arrived, by whatever protocol they came.
func TestProgress(t *testing.T) {
	const one = "m/52-54-00-00-00-01/"
	a := withImages(t, []string{"linux", "initrd", "more", "other"}, map[string]string{
		"profiles/p.yaml": "kernel: linux\ninitrd: [initrd, more]\n",
		"hosts/h.yaml":    "hosts: [{name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
	})
	arrived := 0
	a.progress.arrived = func(key boot.MAC) {
		if arrived++; key != mac(1) {
			t.Errorf("%v has arrived", key)
		}
	}
	for i, step := range []struct {
		get  func()
		want int
	}{
		{func() { a.byHTTP(one + "boot.ipxe") }, 0},
		{func() { a.byHTTP(one + "linux") }, 0},
		{func() { a.transfer(t, one+"initrd", "10.0.0.1", tftpd.Complete) }, 0},
		{func() { a.transfer(t, one+"more", "10.0.0.1", tftpd.Aborted) }, 0},
		{func() { a.partOf(one+"more", "bytes=0-99") }, 0},
		{func() { a.byHTTP("m/52-54-00-00-00-02/more") }, 0},
		{func() { a.transfer(t, one+"more", "10.0.0.1", tftpd.Complete) }, 1},
		{func() { a.byHTTP(one + "more") }, 1}, // it begins anew
		{func() { a.byHTTP(one + "linux") }, 1},
		{func() { a.byHTTP(one + "initrd") }, 2},
	} {
		if step.get(); arrived != step.want {
			t.Errorf("step %d: arrived %d times, want %d", i, arrived, step.want)
		}
	}
}

// partOf asks for a piece of a file.
func (a *assembled) partOf(name, rng string) {
	r := httptest.NewRequest("GET", "http://127.0.0.1/"+name, nil)
	r.Header.Set("Range", rng)
	a.http.Handler().ServeHTTP(httptest.NewRecorder(), r)
}
