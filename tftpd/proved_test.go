// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// TestProved: what is told of a request says whether somebody is known to be at its address.
func TestProved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(w *world) { w.served.files["a"] = memory(pattern(5000)) })
		defer w.stop()
		forged, honest := w.socket("10.0.1.1:2000"), w.socket("10.0.1.2:2000")
		defer forged.Close()
		defer honest.Close()
		ask := func(c *simnet.Conn, name string) {
			if _, err := c.Send([]udp.Outgoing{{Remote: netip.MustParseAddrPort(serverAddr + ":69"), Bufs: [][]byte{[]byte("\x00\x01" + name + "\x00octet\x00")}}}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		ask(forged, "a")
		ask(forged, "nope")
		ask(honest, "before")
		if got, err := models[0].fetch(w, "10.0.1.2:2001", "a"); err != nil || len(got) != 5000 {
			t.Fatal(len(got), err)
		}
		ask(honest, "after")
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		got := map[string]bool{}
		for _, f := range told[Finished](w) {
			got[f.Request.Remote.String()+" "+f.Request.Name] = f.Proved
		}
		for what, want := range map[string]bool{
			"10.0.1.1:2000 a": false, "10.0.1.1:2000 nope": false, "10.0.1.2:2000 before": false, "10.0.1.2:2001 a": true, "10.0.1.2:2000 after": true,
		} {
			if proved, ok := got[what]; !ok || proved != want {
				t.Errorf("%s: proved %v (told %v), want %v", what, proved, ok, want)
			}
		}
	})
}
