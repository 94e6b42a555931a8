// SPDX-License-Identifier: Apache-2.0

package load

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"
)

func block(n uint16, payload []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0, opData}, n), payload...)
}

func TestContentDependsOnPosition(t *testing.T) {
	c := Content(100_001)
	if len(c) != 100_001 {
		t.Fatalf("%d bytes", len(c))
	}
	for _, size := range []int{8, 512, 1468} {
		first := c[:size]
		for at := 1; at+size <= len(c); at++ {
			if bytes.Equal(first, c[at:at+size]) {
				t.Fatalf("the %d bytes at %d equal those at 0", size, at)
			}
		}
	}
}

func TestRequest(t *testing.T) {
	for _, c := range []struct {
		blksize, windowsize int
		want                string
	}{
		{0, 0, "\x00\x01a\x00octet\x00"},
		{512, 0, "\x00\x01a\x00octet\x00tsize\x000\x00blksize\x00512\x00"},
		{1468, 16, "\x00\x01a\x00octet\x00tsize\x000\x00blksize\x001468\x00windowsize\x0016\x00"},
	} {
		if got := string(Request("a", c.blksize, c.windowsize)); got != c.want {
			t.Errorf("Request(%d, %d) = %q, want %q", c.blksize, c.windowsize, got, c.want)
		}
	}
	if len(Request("a", 0, 0)) != 10 {
		t.Error("the amplification case speaks of a request of 10 bytes")
	}
}

// TestClientSteps feeds packets to one client and compares verdicts and acknowledged blocks.
func TestClientSteps(t *testing.T) {
	content := Content(2600)
	part := func(n, size int) []byte { return content[(n-1)*size : min(n*size, len(content))] }
	oack := func(s string) []byte { return append([]byte{0, opOack}, s...) }
	type step struct {
		packet []byte
		port   uint16
		want   verdict
		ack    uint16
	}
	for name, c := range map[string]struct {
		window int
		steps  []step
	}{
		"lock-step with options": {0, []step{
			{oack("blksize\x001000\x00tsize\x002600\x00"), 5, acknowledge, 0},
			{oack("blksize\x001000\x00tsize\x002600\x00"), 5, repeatAck, 0},
			{block(1, part(1, 1000)), 5, acknowledge, 1},
			{block(1, part(1, 1000)), 5, repeatAck, 1},
			{block(2, part(2, 1000)), 6, foreign, 1},
			{block(3, part(3, 1000)), 5, ignore, 1},
			{block(2, part(2, 1000)), 5, acknowledge, 2},
			{block(3, part(3, 1000)), 5, finish, 3},
			{block(3, part(3, 1000)), 5, ignore, 3},
		}},
		"options ignored": {0, []step{
			{block(1, part(1, 512)), 5, acknowledge, 1},
			{block(2, part(2, 512)), 5, acknowledge, 2},
		}},
		"window with a hole": {2, []step{
			{oack("windowsize\x002\x00blksize\x00600\x00"), 5, acknowledge, 0},
			{block(1, part(1, 600)), 5, ignore, 1},
			{block(2, part(2, 600)), 5, acknowledge, 2},
			{block(4, part(4, 600)), 5, gap, 2},
			{block(4, part(4, 600)), 5, ignore, 2},
			{block(3, part(3, 600)), 5, ignore, 3},
			{block(4, part(4, 600)), 5, acknowledge, 4},
			{block(3, part(3, 600)), 5, repeatAck, 4},
			{block(4, part(4, 600)), 5, duplicate, 4},
			{block(5, part(5, 600)), 5, finish, 5},
		}},
		"window larger than asked":  {2, []step{{oack("windowsize\x003\x00"), 5, broken, 0}}},
		"blksize larger than asked": {0, []step{{oack("blksize\x001001\x00"), 5, broken, 0}}},
		"wrong tsize":               {0, []step{{oack("tsize\x002599\x00"), 5, broken, 0}}},
		"malformed OACK":            {0, []step{{oack("blksize\x00"), 5, broken, 0}}},
		"error":                     {0, []step{{[]byte("\x00\x05\x00\x01no\x00"), 5, broken, 0}}},
		"wrong bytes":               {0, []step{{block(1, part(2, 512)), 5, broken, 0}}},
		"short":                     {0, []step{{block(1, part(1, 511)), 5, broken, 1}}},
		"too long":                  {0, []step{{block(1, part(1, 513)), 5, broken, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Spec{Content: content, Blksize: 1000, Windowsize: c.window, Timeout: time.Second, Tries: 3}
			var cl client
			cl.begin(0, s)
			for i, st := range c.steps {
				got, err := cl.receive(st.packet, st.port, 0, s)
				if got != st.want || (got == broken) != (err != nil) {
					t.Fatalf("step %d: verdict %d (%v), want %d", i, got, err, st.want)
				}
				if st.want != broken && cl.lastGood() != st.ack {
					t.Fatalf("step %d: acknowledges %d, want %d", i, cl.lastGood(), st.ack)
				}
			}
		})
	}
}

func TestBlockNumbersWrap(t *testing.T) {
	content := Content(8 * 70_000)
	s := &Spec{Content: content, Blksize: 8, Timeout: time.Second, Tries: 3}
	var cl client
	cl.begin(0, s)
	if v, err := cl.receive([]byte("\x00\x06blksize\x008\x00"), 5, 0, s); v != acknowledge {
		t.Fatal(v, err)
	}
	for n := 1; n <= 70_000; n++ {
		if v, err := cl.receive(block(uint16(n), content[8*(n-1):8*n]), 5, 0, s); v != acknowledge {
			t.Fatalf("block %d: %v %v", n, v, err)
		}
	}
	if v, err := cl.receive(block(70_001&0xffff, nil), 5, 0, s); v != finish {
		t.Fatalf("empty last block: %v %v", v, err)
	}
}

func TestExpireBacksOff(t *testing.T) {
	s := &Spec{Timeout: 250 * time.Millisecond, Tries: 7}
	var cl client
	cl.begin(0, s)
	var gaps []string
	for cl.expire(cl.due, s) {
		gaps = append(gaps, cl.rto.String())
	}
	if got, want := strings.Join(gaps, " "), "500ms 1s 2s 4s 8s 10s 10s"; got != want {
		t.Errorf("timers %s, want %s", got, want)
	}
}

func TestLossIsDeterministic(t *testing.T) {
	a, b, other := client{rng: 1}, client{rng: 1}, client{rng: 1 << 40}
	lost, same := 0, 0
	for range 100_000 {
		x := a.lose(0.01)
		if x != b.lose(0.01) {
			t.Fatal("the same seed gives another fate")
		}
		if x {
			lost++
		}
		if x == other.lose(0.01) {
			same++
		}
	}
	if lost < 900 || lost > 1100 {
		t.Errorf("%d of 100000 lost at 1 %%", lost)
	}
	if same == 100_000 {
		t.Error("two seeds share one fate")
	}
}

func TestQueueKeepsOrder(t *testing.T) {
	var q queue
	pushed, popped := 0, 0
	for round := range 50 {
		for range 7 * (round%5 + 1) {
			q.push(packet{due: time.Duration(pushed)})
			pushed++
		}
		for range 5 * (round%7 + 1) {
			if d, ok := q.next(); !ok {
				break
			} else if p := q.pop(); p.due != d || int(d) != popped {
				t.Fatalf("popped %v, want %d", p.due, popped)
			}
			popped++
		}
	}
	if q.size != pushed-popped {
		t.Errorf("%d left, want %d", q.size, pushed-popped)
	}
}
