// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/configs"
)

// TestDefaults: a server that is told nothing does what the configuration file says of one that is told nothing.
func TestDefaults(t *testing.T) {
	var s Server
	s.Opener = noOpener{}
	if err := s.withDefaults(); err != nil {
		t.Fatal(err)
	}
	want := configs.DefaultSettings().TFTP
	if s.MinBlock != want.BlockSize.Min || s.MaxBlock != want.BlockSize.Max || s.MaxWindow != want.WindowSize.Max ||
		s.Silence != want.Retransmit.Silence || s.Pin != want.Pin || s.SinglePort != want.SinglePort || s.BusyPoll != want.BusyPoll {
		t.Errorf("blocks %d to %d, window %d, silence %v, pin %v; configuration %+v", s.MinBlock, s.MaxBlock, s.MaxWindow, s.Silence, s.Pin, want)
	}
	l, w := s.Limits, want.Limits
	if l.Transfers != w.Transfers || l.Unproved != w.Unproved || l.PerAddress != w.PerAddress || l.PerPrefix != w.PerPrefix ||
		l.RequestRate != float64(w.RequestsPerSecond) || l.Memory != int64(want.Cache) || l.Broadcasts != want.Broadcast {
		t.Errorf("limits %+v, configuration %+v and %v", l, w, want.Cache)
	}
	// What is 0s there is the class's own, which the words for people name.
	r, words := defaultRetransmit(Other), string(configs.Reference())
	for _, text := range []string{r.Initial.String() + " for most", r.Floor.String() + " for most", r.Ceiling.String() + " for most"} {
		if !strings.Contains(words, text) {
			t.Errorf("the reference does not say %q", text)
		}
	}
}

type noOpener struct{ Opener }
