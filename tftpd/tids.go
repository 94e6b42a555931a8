// SPDX-License-Identifier: Apache-2.0

package tftpd

import "time"

const (
	tidRest = time.Minute // how long a pair of ports is not used again
	maxUsed = 64          // pairs kept per client
)

// usedTIDs are the pairs of a client's port and a lane of ours that were used of late, the oldest first: a late packet of one
// transfer must not be taken for one of the next.
type usedTIDs []usedTID

type usedTID struct {
	port uint16
	lane *lane
	at   time.Time
}

// expire drops pairs that have rested.
func (u *usedTIDs) expire() {
	n := 0
	for n < len(*u) && (time.Since((*u)[n].at) > tidRest || len(*u)-n > maxUsed) {
		n++
	}
	*u = (*u)[n:]
}

func (u usedTIDs) lastUse(port uint16, l *lane) (time.Time, bool) {
	for i := len(u) - 1; i >= 0; i-- {
		if u[i].port == port && u[i].lane == l {
			return u[i].at, true
		}
	}
	return time.Time{}, false
}

// choose takes the first lane, from start on, that was not used with a port, or the one whose use is longest ago.
func (u usedTIDs) choose(port uint16, lanes []*lane, start int) *lane {
	best, oldest := (*lane)(nil), time.Time{}
	for i := range lanes {
		l := lanes[(start+i)%len(lanes)]
		at, used := u.lastUse(port, l)
		if !used {
			return l
		}
		if best == nil || at.Before(oldest) {
			best, oldest = l, at
		}
	}
	return best
}

// lane chooses the lane for a transfer. Few lanes (hot) carry the load, so that batches are large; the others are for clients
// that ask again from the same port.
func (c *clients) lane(p peer, lanes []*lane, hot int) *lane {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.of(p.remote.Addr())
	if k == nil {
		return lanes[0]
	}
	k.used.expire()
	port := p.remote.Port()
	l := k.used.choose(port, lanes, int(port)%hot)
	k.used = append(k.used, usedTID{port, l, time.Now()})
	return l
}
