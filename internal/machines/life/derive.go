// SPDX-License-Identifier: Apache-2.0

package life

import "fmt"

// diskFails is how many boots in a row come back from the disk until nobody believes in it any more.
const diskFails = 2

// Status is where a machine is, and what it is to get.
type Status struct {
	State   State
	Serve   Serve
	Profile string // for ServeProfile
	Target  Target // what it is to reach, or has reached
	Attempt int    // for ServeInstall: the number of the attempt
	New     bool   // that attempt has not begun: what can install is given out only when it is stored
	Doubt   bool   // it is held because its record may not be the newest there was
	Why     string // for people
}

// Derive says where a machine is in its life and what it is to get. With a zero Sight it is what is known of a machine that was
// not heard of since the start; before a file is given out, [Step] asks again.
func Derive(d Desired, r Record, s Sight) Status {
	d = d.complete()
	st := derive(d, r, s)
	if r.Next.Profile == "" {
		return st
	}
	if given := r.Next.Boot; given == s.Boot() && s.Run != "" || given == (Boot{}) && !s.goesThrough(r.Attempt) {
		st.Serve, st.Profile, st.Attempt, st.New = ServeProfile, r.Next.Profile, 0, false
		st.Why = fmt.Sprintf("profile %s was ordered for one boot", r.Next.Profile)
	}
	return st
}

// goesThrough says that the machine is in the middle of an attempt, which no other order ends.
func (s Sight) goesThrough(a Attempt) bool { return a.Ending.open() && s.isIn(a) }

func derive(d Desired, r Record, s Sight) Status {
	t, owed := target(d, r)
	a := r.Attempt
	switch {
	case !d.Installs:
		return Status{State: StateLocal, Target: r.Done.Target, Why: "its profile does not install"}
	case r.Held:
		return d.then(Status{State: StateHeld, Target: t, Why: "an operator holds it"})
	case !owed:
		return d.finished(r)
	case d.Doubt != "" && r.Sure != d.Doubt:
		return d.then(Status{State: StateHeld, Target: t, Doubt: true, Why: "it may be installed already: what is stored may be older than that. Say release, done or install"})
	case a.Target != t && s.goesThrough(a): // it goes on with what its script says; what is wanted by now comes after it
		return Status{State: a.state(), Serve: ServeInstall, Target: a.Target, Attempt: a.Number, Why: fmt.Sprintf("it is still installing %s", a.Target)}
	case a.Number == 0 || a.Target != t:
		st := Status{State: StateArmed, Target: t, Why: fmt.Sprintf("%s is to be installed", t)}
		return d.install(st, 1, s)
	}
	return d.tried(r, s, Status{Target: t, Why: a.Why})
}

// tried is for a machine whose target was tried already.
func (d Desired) tried(r Record, s Sight, st Status) Status {
	a := r.Attempt
	going := s.goesThrough(a) || a.Ending.open() && s.n == 0 // as far as is known
	switch {
	case going:
		st.State, st.Serve, st.Attempt = a.state(), ServeInstall, a.Number
		st.Why = fmt.Sprintf("attempt %d of %d", a.Number, d.Attempts)
	case d.onTrial(a, s):
		st.State, st.Serve = StateTrial, ServeLocal
		st.Why = fmt.Sprintf("attempt %d may have worked: its disk will show it", a.Number)
	case a.Number >= d.Attempts:
		st.State = StateExhausted
		st.Why = fmt.Sprintf("%d attempts of %d are used up", a.Number, d.Attempts)
		return d.then(st)
	case r.Returns >= diskFails:
		st.State = StateFailed
		st.Why = fmt.Sprintf("it was sent to its disk %d times and came back: the disk does not boot", r.Returns)
		return d.then(st)
	case a.Ending == Failed:
		st.State = StateFailed
		return d.install(st, a.Number+1, s)
	case a.Ending == Stalled:
		st.State, st.Why = StateStalled, "nothing was heard of the last attempt"
		return d.install(st, a.Number+1, s)
	default:
		st.State, st.Why = StateArmed, fmt.Sprintf("it is in another boot than attempt %d", a.Number)
		return d.install(st, a.Number+1, s)
	}
	return st
}

// onTrial says that an installer that cannot call back may have done its work. Where this appliance did not see the attempt it
// does not know how far it came, and the disk is asked too.
func (d Desired) onTrial(a Attempt, s Sight) bool {
	return d.Success.By != ProofCallback && a.Ending.open() && !s.isIn(a) && s.n > 0 &&
		(a.ran() || a.Boot.Run != s.Run)
}

func (d Desired) install(st Status, number int, s Sight) Status {
	st.Serve, st.Attempt, st.New = ServeInstall, number, true
	if st.State == StateArmed && s.offered && !s.any {
		st.State = StateOffered
	}
	return st
}

// finished is for a machine that owes nothing.
func (d Desired) finished(r Record) Status {
	done := r.Done
	if done.How == "" || d.Generation < done.Target.Generation || d.Generation < r.Attempt.Target.Generation {
		return d.then(Status{State: StateLocal, Target: done.Target, Why: fmt.Sprintf("generation %d is older than what was installed or tried", d.Generation)})
	}
	return d.then(Status{State: StateDone, Target: done.Target, Why: fmt.Sprintf("%s is installed (%s)", done.Target, done.How)})
}

// then is what a machine gets that is not to install.
func (d Desired) then(st Status) Status {
	st.Serve, st.Profile = ServeLocal, d.Then
	if d.Then != "" {
		st.Serve = ServeProfile
	}
	return st
}

// state is that of an attempt that goes on.
func (a Attempt) state() State {
	switch best := a.Strongest(); {
	case a.Ending == Stalled:
		return StateStalled
	case best >= EvidenceInitrd:
		return StateInstaller
	case best == EvidenceKernel:
		return StateKernel
	}
	return StateScript
}
