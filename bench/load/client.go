// SPDX-License-Identifier: Apache-2.0

package load

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"
)

// Life of a client:
//
//	idle -> asking -> receiving -> ended (-> idle, while it has transfers left)
//
// asking waits for the first reply; receiving has locked on a TID.
type phase uint8

const (
	idle phase = iota
	asking
	receiving
	ended
)

// client is one machine that downloads; pure, no I/O. Times are since the start of the run.
type client struct {
	phase      phase
	nacked     bool // the gap has been told once; stray blocks after it are ignored
	measuring  bool // an ACK waits for the block it releases
	tries      uint8
	tid        uint16 // server's port, chosen by it
	generation int
	blksize    int
	windowsize int
	inWindow   int
	next       uint64 // number of the block wanted, never wrapped
	size       uint64 // bytes received
	began      time.Duration
	sent       time.Duration // last packet
	due        time.Duration // when the timer fires
	rto        time.Duration
	rng        uint64
}

// verdict is what a packet leads to.
type verdict uint8

const (
	ignore    verdict = iota
	duplicate         // seen before, nothing to say
	acknowledge
	repeatAck // seen before, the ACK must have been lost
	gap       // acknowledge the last good block once
	finish    // acknowledge and end
	broken    // end, with an error
	foreign   // from another TID: RFC 1350 section 4 wants an error 5 back
)

// lose decides the fate of the next packet of this client.
func (c *client) lose(p float64) bool {
	if p <= 0 {
		return false
	}
	c.rng++
	return float64(mix(c.rng)>>11)/(1<<53) < p
}

// begin makes the client ask.
func (c *client) begin(now time.Duration, s *Spec) {
	c.phase, c.tid, c.next, c.size, c.inWindow, c.nacked, c.measuring, c.tries = asking, 0, 1, 0, 0, false, false, 0
	c.blksize, c.windowsize = 512, 1
	c.began, c.sent = now, now
	c.rto = s.Timeout
	c.due = now + c.rto
}

// progress resets the timer; a packet that repeats what was known does not.
func (c *client) progress(now time.Duration, s *Spec) {
	c.tries, c.rto = 0, s.Timeout
	c.due = now + c.rto
}

// lastGood is what an ACK carries: the number of the last block in order, 0 before the first.
func (c *client) lastGood() uint16 { return uint16(c.next - 1) }

// receive takes a packet and says what follows; the error belongs to broken.
func (c *client) receive(p []byte, port uint16, now time.Duration, s *Spec) (verdict, error) {
	if len(p) < 4 || c.phase == ended || c.phase == idle {
		return ignore, nil
	}
	if c.phase == receiving && port != c.tid {
		return foreign, nil
	}
	switch binary.BigEndian.Uint16(p) {
	case opData:
		return c.data(binary.BigEndian.Uint16(p[2:]), p[4:], port, now, s)
	case opOack:
		return c.oack(p[2:], port, now, s)
	case opError:
		return broken, fmt.Errorf("error %d: %s", binary.BigEndian.Uint16(p[2:]), bytes.TrimRight(p[4:], "\x00"))
	}
	return ignore, nil
}

// oack locks on the server's TID and takes the options over, if they are none the client did not offer.
func (c *client) oack(p []byte, port uint16, now time.Duration, s *Spec) (verdict, error) {
	if c.phase == receiving {
		if c.next == 1 && c.inWindow == 0 {
			return repeatAck, nil
		}
		return ignore, nil
	}
	g, err := parseOack(p)
	if err != nil {
		return broken, err
	}
	if g.blksize > max(s.Blksize, 512) || g.blksize < 8 || g.windowsize > max(s.Windowsize, 1) || g.windowsize < 1 {
		return broken, fmt.Errorf("options beyond what was asked: blksize %d windowsize %d", g.blksize, g.windowsize)
	}
	if g.tsize >= 0 && g.tsize != int64(len(s.Content)) {
		return broken, fmt.Errorf("tsize %d of a file of %d bytes", g.tsize, len(s.Content))
	}
	c.phase, c.tid, c.blksize, c.windowsize = receiving, port, g.blksize, g.windowsize
	c.progress(now, s)
	return acknowledge, nil
}

func (c *client) data(block uint16, payload []byte, port uint16, now time.Duration, s *Spec) (verdict, error) {
	if c.phase == asking {
		if block != 1 {
			return ignore, nil
		}
		c.phase, c.tid = receiving, port
	}
	if ahead := int16(block - uint16(c.next)); ahead != 0 {
		return c.outOfOrder(ahead), nil
	}
	end := c.size + uint64(len(payload))
	if len(payload) > c.blksize || end > uint64(len(s.Content)) || !bytes.Equal(payload, s.Content[c.size:end]) {
		return broken, fmt.Errorf("block %d (%d bytes) is not the content", c.next, len(payload))
	}
	c.size = end
	c.next++
	c.inWindow++
	c.nacked = false
	c.progress(now, s)
	switch {
	case len(payload) < c.blksize:
		if c.size != uint64(len(s.Content)) {
			return broken, fmt.Errorf("file ends after %d of %d bytes", c.size, len(s.Content))
		}
		c.phase = ended
		return finish, nil
	case c.inWindow >= c.windowsize:
		c.inWindow = 0
		return acknowledge, nil
	}
	return ignore, nil
}

// outOfOrder acknowledges the last good block again. In lock-step that is RFC 1350: the block came twice, so its ACK was lost. In a window
// any block but the wanted one, before or behind it, means that sender and receiver disagree (RFC 7440 section 4); it is told once for
// each position, as U-Boot does, and the window begins anew.
func (c *client) outOfOrder(ahead int16) verdict {
	tell := ahead == -1
	if c.windowsize > 1 {
		tell = !c.nacked
	}
	switch {
	case !tell && ahead < 0:
		return duplicate
	case !tell:
		return ignore
	}
	c.nacked = true
	c.inWindow = 0
	if ahead > 0 {
		return gap
	}
	return repeatAck
}

// expire is called when due has passed: it returns false when the client gives up.
func (c *client) expire(now time.Duration, s *Spec) bool {
	c.tries++
	if int(c.tries) > s.Tries {
		c.phase = ended
		return false
	}
	c.rto = min(2*c.rto, 10*time.Second)
	c.due = now + c.rto
	c.inWindow = 0
	c.nacked = false
	return true
}
