// SPDX-License-Identifier: Apache-2.0

package life

// What goes wrong on purpose: with each of these the model must find a broken invariant.
const (
	bugGrantUnsynced    = "an attempt is granted before it is durable"
	bugServeAnyway      = "a file is given out although the swap failed"
	bugDoneForgotten    = "what is done is forgotten"
	bugGarbageIsEmpty   = "a record that cannot be read is taken for a new life"
	bugSightReused      = "a restart goes on with the names of boots"
	bugBlindWrite       = "a swap does not compare"
	bugAnyClaim         = "a report is about whatever runs"
	bugBootsUnseen      = "a request never begins a boot"
	bugWallClock        = "the monotonic clock is the time of day"
	bugOneMore          = "there is one attempt more than allowed"
	bugHoldIgnored      = "a hold is ignored"
	bugToldEachTime     = "what was told is forgotten"
	bugReturnsForgotten = "returns from the disk are forgotten"
	bugEachAskAttempt   = "each file is a boot of its own"
	bugDoneUnsynced     = "done is acknowledged before it is durable"
	bugLoweredInstalls  = "a lowered generation installs"
	bugNoTrial          = "an installer that cannot call back has failed when the machine is back"
	bugNextForever      = "an order for one boot is for all"
)

// bugs are all of them, with a word of what they break where that is always the same.
func bugs() map[string]string {
	return map[string]string{
		bugGrantUnsynced: "I1", bugServeAnyway: "", bugDoneForgotten: "I2", bugGarbageIsEmpty: "I3", bugSightReused: "I1", bugBlindWrite: "",
		bugAnyClaim: "I5", bugBootsUnseen: "", bugWallClock: "I8", bugOneMore: "I1", bugHoldIgnored: "held", bugToldEachTime: "I7",
		bugReturnsForgotten: "I7", bugEachAskAttempt: "I6", bugDoneUnsynced: "", bugLoweredInstalls: "", bugNoTrial: "I9", bugNextForever: "one boot",
	}
}

// load is what the store has, seen through what is wrong.
func (w *world) load(app int) (Record, int, error) {
	r, rev, err := w.store.load()
	switch {
	case w.bug == "":
	case w.bug == bugGarbageIsEmpty && w.store.broken == "garbage":
		return Record{}, w.store.rev, nil
	case w.bug == bugDoneForgotten:
		if r.Done = (Finish{}); r.Attempt.Ending == Done {
			r.Attempt.Ending = Pending
		}
	case w.bug == bugHoldIgnored:
		r.Held = false
	case w.bug == bugToldEachTime:
		r.Told = nil
	case w.bug == bugReturnsForgotten:
		r.Returns = 0
	case w.bug == bugNextForever:
		r.Next.Boot = Boot{}
	case w.bug == bugLoweredInstalls && w.apps[app].want.Generation < r.Attempt.Target.Generation:
		r.Attempt, r.Done = Attempt{}, Finish{}
	}
	return r, rev, err
}
