// SPDX-License-Identifier: Apache-2.0

package power

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Order is what is asked of a machine.
type Order struct {
	Action  Action // "": only its state
	Network bool   // its next boot alone is to be from the network
}

// Desk takes orders, one at a time for each machine. The zero value is ready.
type Desk struct {
	Limit time.Duration                                   // for one order; 0: DefaultLimit
	Open  func(context.Context, *Target) (Machine, error) // nil: Open

	mu   sync.Mutex
	busy map[string]bool
}

// DefaultLimit is how long an order may take altogether.
const DefaultLimit = 90 * time.Second

// settle is how long a state that was asked for is waited for: BMCs say for seconds what was before.
const settle = 20 * time.Second

// Do does what is ordered, and says whether the machine has power then. The order is carried on when whoever asked is gone: half a
// cycle is a machine that is off.
func (d *Desk) Do(ctx context.Context, t *Target, o Order) (State, error) {
	if !d.enter(t.Name) {
		return Unknown, t.complain(&Error{Fault: Busy, What: "it is being switched already", Fix: "wait for that to end"})
	}
	limit := d.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	type answer struct {
		state State
		err   error
	}
	done := make(chan answer, 1)
	go func() { // what hangs in a library must not hang who asked
		state, err := d.do(ctx, t, o)
		d.leave(t.Name)
		done <- answer{state, err}
	}()
	select {
	case a := <-done:
		return a.state, t.complain(a.err)
	case <-ctx.Done():
		return Unknown, t.complain(ctx.Err())
	}
}

func (d *Desk) enter(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy[name] {
		return false
	}
	if d.busy == nil {
		d.busy = make(map[string]bool)
	}
	d.busy[name] = true
	return true
}

func (d *Desk) leave(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.busy, name)
}

func (d *Desk) do(ctx context.Context, t *Target, o Order) (state State, err error) {
	defer func() {
		if r := recover(); r != nil { // a library that stumbles over an answer must not take the appliance with it
			state, err = Unknown, fmt.Errorf("the BMC's answer cannot be read: %v", r)
		}
	}()
	open := d.Open
	if open == nil {
		open = Open
	}
	m, err := open(ctx, t)
	if err != nil {
		return Unknown, err
	}
	defer m.Close()
	if o.Network {
		if err := m.BootFromNetworkOnce(ctx, t.Way); err != nil {
			return Unknown, err
		}
	}
	if o.Action == "" {
		return m.Status(ctx)
	}
	if err := m.Set(ctx, o.Action); err != nil {
		return Unknown, err
	}
	return reached(ctx, m, o.Action)
}

// reached waits for the state that an action leads to, as far as it can be known. A BMC that still says otherwise is not wrong yet.
func reached(ctx context.Context, m Machine, a Action) (State, error) {
	want := On
	if a == TurnOff {
		want = Off
	}
	return await(ctx, m, want)
}

func await(ctx context.Context, m Machine, want State) (State, error) {
	end := time.NewTimer(settle)
	defer end.Stop()
	for wait := 200 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		s, err := m.Status(ctx)
		var e *Error
		switch {
		case errors.As(err, &e) && e.Fault == Refused:
			return Unknown, nil // nobody can tell
		case err != nil || s == want || s == Unknown:
			return s, err
		}
		select {
		case <-time.After(wait):
		case <-end.C:
			return s, nil
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
}

// offAndOn is a cycle by hand, for machines that have none or are off.
func offAndOn(ctx context.Context, m Machine) error {
	s, err := m.Status(ctx)
	if err != nil {
		return err
	}
	if s != Off {
		if err := m.Set(ctx, TurnOff); err != nil {
			return err
		}
		if s, err = await(ctx, m, Off); err != nil {
			return err
		}
		if s != Off {
			return &Error{What: "it was switched off, and the BMC still says that it is " + string(s), Fix: "ask for its status, and switch it on"}
		}
	}
	return m.Set(ctx, TurnOn)
}
