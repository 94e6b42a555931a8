// SPDX-License-Identifier: Apache-2.0

package life

import (
	"testing"
	"time"
)

// TestDoubt: where what is stored may not be the newest there was, nothing begins, whatever the record says, until an operator knows
// better; the next doubt is another one. What is done stays done.
func TestDoubt(t *testing.T) {
	d := Desired{Installs: true, Doubt: "one"}
	asked := Event{Kind: Asked, What: EvidenceScript, At: time.Unix(1, 0)}
	sight := Sight{Run: "r"}.See(asked)
	attempt := func(d Desired, r Record) Result { return Step(d, r, sight, asked) }
	order := func(d Desired, r Record, v Verb) Record {
		return Command(d, r, sight, Order{Verb: v, At: time.Unix(2, 0)}).Record
	}
	certain := d
	certain.Doubt = ""
	begun := attempt(certain, Record{})
	if begun.Status.Serve != ServeInstall || begun.Record.Attempt.Number != 1 {
		t.Fatalf("without a doubt: %+v", begun.Status)
	}
	failed := begun.Record
	failed.Attempt.Ending = Failed
	for name, r := range map[string]Record{"nothing": {}, "an attempt": begun.Record, "a failed one": failed, "an order": order(certain, Record{}, OrderInstall)} {
		got := attempt(d, r)
		if got.Status.State != StateHeld || !got.Status.Doubt || got.Status.Serve != ServeLocal || got.Record.Attempt.Number != r.Attempt.Number {
			t.Errorf("%s: %+v", name, got.Status)
		}
		for _, verb := range []Verb{OrderRelease, OrderInstall} {
			sure := order(d, r, verb)
			if got := attempt(d, sure); got.Status.Serve != ServeInstall || got.Status.Doubt {
				t.Errorf("%s, then %s: %+v", name, verb, got.Status)
			}
			another := d
			another.Doubt = "two"
			if got := attempt(another, sure); got.Status.Serve == ServeInstall {
				t.Errorf("%s, then %s, then another doubt: %+v", name, verb, got.Status)
			}
			if again, err := Decode(sure.Encode()); err != nil || again.Sure != "one" {
				t.Errorf("%s, then %s: stored as %+v, %v", name, verb, again, err)
			}
		}
		for _, verb := range []Verb{OrderHold, OrderForget, OrderNext} {
			if got := order(d, r, verb); got.Sure != "" {
				t.Errorf("%s makes sure", verb)
			}
		}
		if got := attempt(d, order(d, r, OrderDone)); got.Status.State != StateDone || got.Status.Doubt {
			t.Errorf("%s, then done: %+v", name, got.Status)
		}
	}
	held := order(d, Record{Held: true}, OrderInstall)
	if got := attempt(d, held); got.Status.Serve == ServeInstall {
		t.Errorf("held by an operator, and ordered to install: %+v", got.Status)
	}
	if got := Derive(Desired{Doubt: "one"}, Record{}, Sight{}); got.State != StateLocal || got.Doubt {
		t.Errorf("one that installs nothing: %+v", got)
	}
}
