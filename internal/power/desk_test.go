// SPDX-License-Identifier: Apache-2.0

package power

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

// puppet is a machine that does what a test says.
type puppet struct {
	state  State
	lag    int // how many answers say what was before
	did    []string
	closed bool
	set    func(ctx context.Context, a Action) error
}

func (p *puppet) Status(context.Context) (State, error) {
	if p.lag > 0 {
		p.lag--
		return Turning, nil
	}
	return p.state, nil
}

func (p *puppet) Set(ctx context.Context, a Action) error {
	p.did = append(p.did, string(a))
	if p.set != nil {
		return p.set(ctx, a)
	}
	p.state, p.lag = On, 3
	if a == TurnOff {
		p.state = Off
	}
	return nil
}

func (p *puppet) BootFromNetworkOnce(context.Context, Way) error {
	p.did = append(p.did, "network")
	return nil
}

func (p *puppet) Close() { p.closed = true }

func (p *puppet) desk() *Desk {
	return &Desk{Open: func(context.Context, *Target) (Machine, error) { return p, nil }}
}

func TestDeskWaitsForTheState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &puppet{state: Off}
		s, err := p.desk().Do(t.Context(), &Target{Name: "a"}, Order{Action: TurnOn, Network: true})
		if s != On || err != nil || !p.closed {
			t.Errorf("%s, %v, closed %v", s, err, p.closed)
		}
		if diff := cmp.Diff([]string{"network", "on"}, p.did); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDeskOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		goOn := make(chan struct{})
		p := &puppet{set: func(context.Context, Action) error { <-goOn; return nil }, state: On}
		desk := p.desk()
		done := make(chan error)
		ctx, gone := context.WithCancel(t.Context())
		go func() { _, err := desk.Do(ctx, &Target{Name: "a"}, Order{Action: Cycle}); done <- err }()
		synctest.Wait()
		if _, err := desk.Do(t.Context(), &Target{Name: "a"}, Order{}); err == nil || !strings.Contains(err.Error(), "a: nothing: it is being switched already: wait for that to end") {
			t.Errorf("a second order: %v", err)
		}
		if _, err := desk.Do(t.Context(), &Target{Name: "b"}, Order{}); err != nil {
			t.Errorf("another machine: %v", err)
		}
		gone() // who asked does not matter any more
		close(goOn)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if _, err := desk.Do(t.Context(), &Target{Name: "a"}, Order{}); err != nil {
			t.Errorf("after it: %v", err)
		}
	})
}

func TestDeskEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := &Target{Name: "a", Power: boot.Power{IPMI: &boot.IPMI{Address: "x"}}, Password: "secret"}
		never := make(chan struct{})
		hangs := &puppet{set: func(context.Context, Action) error { <-never; return nil }}
		began := time.Now()
		_, err := hangs.desk().Do(t.Context(), target, Order{Action: TurnOn})
		if err == nil || err.Error() != "a: IPMI at x: no answer in time: is the BMC up, and its network reachable from here?" || time.Since(began) != DefaultLimit {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		close(never)
		stumbles := &puppet{set: func(context.Context, Action) error { panic("index out of range") }}
		if _, err := stumbles.desk().Do(t.Context(), target, Order{Action: TurnOn}); err == nil || !strings.Contains(err.Error(), "the BMC's answer cannot be read") {
			t.Error(err)
		}
		tells := &puppet{set: func(context.Context, Action) error { return errors.New("bad secret\x1b[2J") }}
		if _, err := tells.desk().Do(t.Context(), target, Order{Action: TurnOn}); err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\x1b") {
			t.Error(err)
		}
	})
}

func TestOffAndOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for before, want := range map[State][]string{On: {"off", "on"}, Off: {"on"}, Turning: {"off", "on"}} {
			p := &puppet{state: before}
			if err := offAndOn(t.Context(), p); err != nil || cmp.Diff(want, p.did) != "" {
				t.Errorf("%s: %v, %v", before, p.did, err)
			}
		}
		stuck := &puppet{state: On, set: func(context.Context, Action) error { return nil }}
		if err := offAndOn(t.Context(), stuck); err == nil || cmp.Diff([]string{"off"}, stuck.did) != "" {
			t.Errorf("%v, %v", stuck.did, err)
		}
	})
}

func TestIPMIFence(t *testing.T) {
	rmcp := []byte{6, 0, 0xff, 7}
	message := []byte{0x81, 0x1c, 0x63, 0x20, 4, 0x38, 0, 0}
	v15 := append(append(append([]byte{}, rmcp...), 0, 0, 0, 0, 0, 0, 0, 0, 0, byte(len(message))), message...)
	open := append(append(append([]byte{}, rmcp...), 6, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0), 0, 1)
	sealed := append(append(append([]byte{}, rmcp...), 6, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0), make([]byte, 32+14)...)
	for _, good := range [][]byte{v15, open, sealed} {
		if !wellFormed(good) {
			t.Errorf("% x is refused", good)
		}
		for n := range good {
			if n < len(good)-12 && wellFormed(good[:n]) {
				t.Errorf("% x is let through", good[:n])
			}
		}
	}
	for _, bad := range [][]byte{nil, {6}, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), append([]byte{6, 0, 0xff, 6}, v15[4:]...)} {
		if wellFormed(bad) {
			t.Errorf("% x is let through", bad)
		}
	}
}
