// SPDX-License-Identifier: Apache-2.0

package life

import (
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Times, all of them monotonic and of one appliance.
const (
	otherWay     = time.Minute      // in which firmware goes on to its next NIC or way to boot
	unheardAgain = time.Minute      // in which a boot whose beginning was not heard may ask for the same thing again
	heardAgain   = 15 * time.Minute // and one whose beginning was heard
	soon         = 10 * time.Minute // in which a machine is back whose disk does not boot; large servers start for five
	mostWays     = 16
	askedKinds   = EvidenceSystem + 1
)

// Sight is what one running appliance has seen of one machine: above all, in which boot it is. It lives in memory only. When
// it is lost, a new one begins with a Run that was never used.
type Sight struct {
	Run string // random, new for each new sight

	n        uint64 // boots seen to begin; 0: none yet
	heard    bool   // the beginning of this boot was heard: a request of the firmware
	began    bool   // by the last event
	back     bool   // this boot began soon after the one before was sent to the disk
	complete bool   // in this boot the machine got all of a kernel
	offered  bool   // it was offered a boot
	ways     []way  // that the firmware tried in this boot
	last     time.Duration

	granted time.Duration             // first request for a file in this boot, where there was one
	asked   [askedKinds]time.Duration // first request for each kind
	has     [askedKinds]bool          // there was one
	any     bool                      // there was one of any kind
	adopted Claim                     // what a token proved about a boot whose beginning was before this sight
	disk    bool                      // in this boot the machine was sent to its disk
	trial   Claim                     // to see whether this attempt worked
	sentAt  time.Duration             // when, the last time
	watched Claim                     // the attempt that is being timed
	since   time.Duration             // when this appliance first saw it
}

// way is one of the things that firmware tries.
type way struct {
	nic boot.MAC
	how string
}

// Boot is the boot that the machine is in.
func (s Sight) Boot() Boot { return Boot{Run: s.Run, N: s.n} }

// See notes an event, before it is answered and before it is given to [Step].
func (s Sight) See(e Event) Sight {
	s.began = false
	switch e.Kind {
	case Requested:
		s = s.request(e)
	case Asked:
		s = s.ask(e)
	case Sent:
		if e.Boot == s.Boot() && (e.What == EvidenceKernel || e.What == EvidenceInitrd) {
			s.complete = true
		}
	case Logged, SystemSeen:
		s.complete = s.complete || s.has[EvidenceKernel]
	default: // says nothing of where the machine is
	}
	return s
}

// request is of DHCP. What firmware sends anew is a new boot, unless it is its next way to boot in the same one; what our iPXE
// sends is the same boot, unless a kernel is running by now.
func (s Sight) request(e Event) Sight {
	w := way{nic: e.NIC, how: e.Way}
	switch {
	case !e.Fresh:
	case e.Firmware && !s.goesOn(e, w), !e.Firmware && s.complete:
		tried := s.ways
		s = s.begin(e)
		s.heard = e.Firmware
		if s.ways = []way{w}; !slices.Contains(tried, w) && len(tried) < mostWays {
			s.ways = append(slices.Clip(tried), w) // it may still be the boot before, where these are over
		}
	case e.Firmware:
		s.ways = append(slices.Clip(s.ways), w)
	}
	s.offered, s.last = true, e.Uptime
	return s
}

// goesOn says that firmware tries its next way in the boot that is known.
func (s Sight) goesOn(e Event, w way) bool {
	from := s.last
	if s.any {
		from = s.granted
	}
	return s.n > 0 && s.heard && !s.complete && len(s.ways) < mostWays && !slices.Contains(s.ways, w) && within(from, e.Uptime, otherWay)
}

// ask is for a file. It begins a boot where none is known, or where no boot asks like that.
func (s Sight) ask(e Event) Sight {
	switch {
	case s.n == 0 && e.Claim.Number > 0 && e.What != EvidenceScript:
		s = s.begin(e)
		s.adopted = e.Claim
	case s.n == 0, s.stepsBack(e):
		s = s.begin(e)
	}
	if !s.any {
		s.any, s.granted = true, e.Uptime
	}
	if !s.has[e.What] {
		s.has[e.What], s.asked[e.What] = true, e.Uptime
	}
	s.complete = s.complete || e.What == EvidenceAnswer && s.has[EvidenceKernel]
	s.last = e.Uptime
	return s
}

// stepsBack says that a machine asks for what it must have already, so that it is in another boot. No loader asks for its script
// again once it has its kernel. Where the beginning of the boot was not heard the next one's may not be heard either, and less
// is enough.
func (s Sight) stepsBack(e Event) bool {
	patience := heardAgain
	if !s.heard {
		patience = unheardAgain
	}
	late := func(what Evidence, most time.Duration) bool {
		return s.has[what] && !within(s.asked[what], e.Uptime, most)
	}
	switch e.What {
	case EvidenceScript:
		return s.complete || late(EvidenceScript, patience) || late(EvidenceKernel, unheardAgain) ||
			!s.heard && (s.has[EvidenceKernel] || s.has[EvidenceInitrd] || s.has[EvidenceAnswer])
	case EvidenceKernel:
		return late(EvidenceKernel, patience) || s.complete && (!s.heard || late(EvidenceKernel, unheardAgain)) ||
			s.adopted.Number > 0 && !within(s.granted, e.Uptime, unheardAgain) // it may have had its kernel before
	default:
		return false
	}
}

func (s Sight) begin(e Event) Sight {
	return Sight{
		Run: s.Run, n: s.n + 1, began: true, watched: s.watched, since: s.since,
		back: s.disk && within(s.sentAt, e.Uptime, soon),
	}
}

// After notes what a request was answered, and since when an attempt is known.
func (s Sight) After(o Result, e Event) Sight {
	if o.boot != s.Boot() {
		return s // the machine is in another boot by now
	}
	c := o.Record.Attempt.claim()
	switch answer := e.Kind == Requested || e.Kind == Asked; {
	case answer && o.Status.Serve == ServeLocal:
		s.disk, s.sentAt, s.trial = true, e.Uptime, Claim{}
		if o.Status.State == StateTrial {
			s.trial = c
		}
	case e.Kind == Asked:
		s.disk, s.trial = false, Claim{}
	}
	if c.Number > 0 && c != s.watched {
		s.watched, s.since = c, e.Uptime
	}
	return s
}

// isIn says that the machine is in the boot of an attempt.
func (s Sight) isIn(a Attempt) bool {
	return a.Number > 0 && (s.Run != "" && a.Boot == s.Boot() || a.believes(s.adopted))
}

// tries says that the machine was sent to its disk to see whether an attempt worked. Another appliance may have begun a new one
// since.
func (s Sight) tries(a Attempt) bool { return a.Number > 0 && s.trial == a.claim() }

// elapsed is how long this appliance knows an attempt for.
func (s Sight) elapsed(a Attempt, uptime time.Duration) time.Duration {
	if a.Number == 0 || s.watched != a.claim() {
		return 0
	}
	return uptime - s.since
}

func within(from, to, most time.Duration) bool { return from <= to && to-from <= most }
