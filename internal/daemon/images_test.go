// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Images that another program pulls are in use within seconds, and nothing is read again while there are no others.
func TestWatcherSeesImages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var state atomic.Value
		state.Store("none")
		reloads := 0
		w := &watcher{images: func() string { return state.Load().(string) }, reload: func() { reloads++ }, say: func(boot.Level, string, ...any) {}}
		go func() { _ = w.Run(t.Context()) }()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if reloads != 0 {
			t.Errorf("%d reloads without a reason", reloads)
		}
		state.Store("debian/12")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if reloads != 1 {
			t.Errorf("%d reloads, want one", reloads)
		}
	})
}
