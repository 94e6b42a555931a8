// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// TestRestartNeeded: only what is not in use yet is said to wait for a restart.
func TestRestartNeeded(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*configs.Settings)
		want   bool
	}{
		"nothing": {func(*configs.Settings) {}, false},
		"tftp.remap": {func(s *configs.Settings) {
			s.TFTP.Remap = []configs.Remap{{Match: regexp.MustCompile("x"), Replace: "y"}}
		}, false},
		"tftp.ignore_case": {func(s *configs.Settings) { s.TFTP.IgnoreCase = !s.TFTP.IgnoreCase }, false},
		"secrets":          {func(s *configs.Settings) { s.Secrets = configs.SecretsStrict }, false},
		"server.secrets":   {func(s *configs.Settings) { s.Server.Secrets = "elsewhere" }, false},
		"http.port":        {func(s *configs.Settings) { s.HTTP.Port++ }, true},
		"server.interface": {func(s *configs.Settings) { s.Server.Interfaces = []string{"eth9"} }, true},
		"tftp.limits":      {func(s *configs.Settings) { s.TFTP.Limits.Transfers++ }, true},
		"both": {func(s *configs.Settings) {
			s.TFTP.IgnoreCase = !s.TFTP.IgnoreCase
			s.TFTP.Lanes++
		}, true},
	} {
		now := configs.DefaultSettings()
		tt.change(&now)
		if got := restartNeeded(configs.DefaultSettings(), now); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// TestConstantChanges: files that never come to rest are read all the same, and a burst is read once.
func TestConstantChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reloads, events := 0, make(chan fsnotify.Event)
		w := &watcher{reload: func() { reloads++ }, say: func(boot.Level, string, ...any) {}}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go w.follow(ctx, events, nil)
		for range 5 {
			events <- fsnotify.Event{Op: fsnotify.Write}
			time.Sleep(settle / 2)
		}
		time.Sleep(2 * settle)
		synctest.Wait()
		if reloads != 1 {
			t.Errorf("a burst was read %d times", reloads)
		}
		reloads = 0
		for began := time.Now(); time.Since(began) < 10*unsettled; {
			events <- fsnotify.Event{Op: fsnotify.Write}
			time.Sleep(settle / 2)
		}
		synctest.Wait()
		if reloads < 8 || reloads > 10 {
			t.Errorf("%v of constant changes were read %d times, want about 10", 10*unsettled, reloads)
		}
	})
}
