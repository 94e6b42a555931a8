// SPDX-License-Identifier: Apache-2.0

package load

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bootlace-net/bootlace/bench/mmsg"
)

const (
	firstAddress = 127<<24 | 1<<16 // 127.1.0.0: below are the servers
	lastAddress  = 127<<24 | 255<<16
	batch        = 128
	scanEvery    = 25 * time.Millisecond
	idleWait     = 20 * time.Millisecond
)

// Run plays all clients of the spec and returns what they saw. The error is about the generator; a server's failures are in the result.
func Run(ctx context.Context, s Spec) (*Result, error) {
	if n := s.Clients * s.Transfers; n <= 0 || n > lastAddress-firstAddress {
		return nil, fmt.Errorf("%d transfers: between 1 and %d can be told apart", n, lastAddress-firstAddress)
	}
	workers := min(max(s.Workers, 1), s.Clients)
	results, errs := make([]*Result, workers), make([]error, workers)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range workers {
		wg.Go(func() {
			w, err := newWorker(&s, i, workers, start)
			if err != nil {
				errs[i] = err
				return
			}
			defer w.sock.Close()
			errs[i] = w.run(ctx)
			results[i] = &w.result
		})
	}
	wg.Wait()
	total := &Result{}
	for _, r := range results {
		if r != nil {
			total.merge(r)
		}
	}
	return total, errors.Join(errs...)
}

// worker owns its socket, its clients and its counters; nothing is shared between workers.
type worker struct {
	spec    *Spec
	sock    *mmsg.Socket
	in      *mmsg.In
	out     *mmsg.Out
	packets [batch][512]byte // what out points to
	clients []client
	fresh   []int // clients that have not begun, last first
	again   []int // clients whose next transfer begins at once
	first   int   // number of the first client, among all workers
	running int
	delayed queue
	start   time.Time
	request []byte
	result  Result
}

func newWorker(s *Spec, number, workers int, start time.Time) (*worker, error) {
	sock, err := mmsg.Listen(netip.AddrPortFrom(netip.IPv4Unspecified(), 0), mmsg.Options{Small: true, Buffer: 256 << 20})
	if err != nil {
		return nil, err
	}
	if err := sock.SetReadTimeout(idleWait); err != nil {
		sock.Close()
		return nil, err
	}
	w := &worker{
		spec: s, sock: sock, start: start,
		in:      mmsg.NewIn(batch, max(s.Blksize, 512)+5),
		out:     mmsg.NewOut(batch, 1),
		request: Request(s.Name, s.Blksize, s.Windowsize),
	}
	w.first = number * s.Clients / workers
	w.clients = make([]client, (number+1)*s.Clients/workers-w.first)
	for i := range w.clients {
		w.clients[i].rng = mix(s.Seed) ^ mix(uint64(w.first+i))
		w.fresh = append(w.fresh, i)
	}
	slices.Reverse(w.fresh)
	return w, nil
}

func (w *worker) now() time.Duration { return time.Since(w.start) }

// run is the loop: begin, send what is due, receive, let timers fire.
func (w *worker) run(ctx context.Context) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	restore, err := mmsg.Bind(w.spec.CPU)
	if err != nil {
		return err
	}
	defer restore()
	// The delay queue wants finer timers than the default slack of 50 us.
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	used := threadTime()
	var scanned time.Duration
	for {
		now := w.now()
		if w.finished() || now > w.spec.Limit || ctx.Err() != nil {
			break
		}
		w.begin(now)
		w.release(now)
		w.flush()
		if err := w.receive(); err != nil {
			return err
		}
		if now = w.now(); now-scanned > scanEvery {
			w.scan(now)
			scanned = now
		}
	}
	w.flush()
	w.close()
	w.result.Busy = threadTime() - used
	return nil
}

// threadTime is the CPU time of the calling thread.
func threadTime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

func (w *worker) finished() bool { return w.running == 0 && len(w.fresh) == 0 && len(w.again) == 0 }

// begin starts clients: those that go on at once, and new ones at the asked rate, a batch at a time.
func (w *worker) begin(now time.Duration) {
	for n := len(w.again); n > 0; n-- {
		i := w.again[n-1]
		w.again = w.again[:n-1]
		w.ask(i, now)
	}
	allowed := batch
	if w.spec.Starts > 0 {
		begun := len(w.clients) - len(w.fresh)
		allowed = min(batch, 1+int(now.Seconds()*float64(w.spec.Starts)*float64(len(w.clients))/float64(w.spec.Clients))-begun)
	}
	for ; allowed > 0 && len(w.fresh) > 0; allowed-- {
		i := w.fresh[len(w.fresh)-1]
		w.fresh = w.fresh[:len(w.fresh)-1]
		w.ask(i, now)
	}
}

func (w *worker) ask(i int, now time.Duration) {
	w.clients[i].begin(now, w.spec)
	w.running++
	w.send(i, packet{kind: opRead}, now)
}

// receive takes one batch. It blocks only when nothing else is to be done before the next packet.
func (w *worker) receive() error {
	wait := !w.spec.Spin && (len(w.fresh) == 0 || w.spec.Starts > 0)
	if due, ok := w.delayed.next(); ok {
		wait = false
		if err := w.sock.Wait(min(due-w.now(), idleWait)); err != nil {
			return err
		}
	} else if len(w.fresh) > 0 && w.spec.Starts > 0 {
		wait = false
		if err := w.sock.Wait(time.Millisecond); err != nil {
			return err
		}
	}
	n, err := w.sock.Receive(w.in, wait)
	if err != nil {
		return err
	}
	now := w.now()
	for i := range n {
		w.handle(w.in.Data(i), w.in.Dest(i), w.in.SourcePort(i), now)
	}
	return nil
}

// handle finds the client by the address the packet came to.
func (w *worker) handle(p []byte, dest uint32, port uint16, now time.Duration) {
	number := int(dest) - firstAddress
	i, generation := number%w.spec.Clients-w.first, number/w.spec.Clients
	if number < 0 || i < 0 || i >= len(w.clients) || w.clients[i].generation != generation {
		w.result.Strays++
		return
	}
	c := &w.clients[i]
	if c.lose(w.spec.Loss) {
		w.result.Dropped++
		return
	}
	w.measure(c, p, now)
	before := c.size
	v, err := c.receive(p, port, now, w.spec)
	if c.size > before || v == finish {
		w.result.Blocks++
		w.result.Bytes += c.size - before
	}
	w.obey(i, v, err, port, now)
}

// measure takes the times that do not depend on what the packet says.
func (w *worker) measure(c *client, p []byte, now time.Duration) {
	if len(p) < 4 {
		return
	}
	switch {
	case c.phase == asking:
		w.result.FirstReply.Add(now - c.began)
		if c.generation > 0 {
			w.result.Loaded.Add(now - c.began)
		}
	case c.measuring && p[1] == opData && uint16(p[2])<<8|uint16(p[3]) == uint16(c.next):
		w.result.Turnaround.Add(now - c.sent)
		c.measuring = false
	}
}

func (w *worker) obey(i int, v verdict, err error, port uint16, now time.Duration) {
	c := &w.clients[i]
	reply := packet{kind: opAck, block: c.lastGood(), port: c.tid}
	switch v {
	case acknowledge:
		w.send(i, reply, now)
		c.measuring = true
	case repeatAck:
		w.result.Duplicates++
		w.send(i, reply, now)
		c.measuring = false
	case gap:
		w.result.Gaps++
		w.send(i, reply, now)
		c.measuring = false
	case duplicate:
		w.result.Duplicates++
	case foreign:
		w.send(i, packet{kind: opError, port: port}, now)
	case finish:
		w.send(i, reply, now)
		w.result.Complete.Add(now - c.began)
		w.result.Done++
		w.result.Elapsed = now
		w.end(i)
	case broken:
		w.result.Failed++
		w.result.fail(err.Error(), 1)
		w.end(i)
	case ignore:
	}
}

// end counts what was in force and lets the client go on with its next transfer.
func (w *worker) end(i int) {
	c := &w.clients[i]
	if c.tid != 0 {
		w.result.Blksize = widen(w.result.Blksize, [2]int{c.blksize, c.blksize})
		w.result.Windowsize = widen(w.result.Windowsize, [2]int{c.windowsize, c.windowsize})
	}
	c.phase = ended
	w.running--
	if c.generation+1 < w.spec.Transfers {
		c.generation++
		c.phase = idle
		w.again = append(w.again, i)
	}
}

// scan fires the timers that are due.
func (w *worker) scan(now time.Duration) {
	for i := range w.clients {
		c := &w.clients[i]
		if (c.phase != asking && c.phase != receiving) || c.due > now {
			continue
		}
		asked := c.phase == asking
		if !c.expire(now, w.spec) {
			w.result.Failed++
			w.result.fail(fmt.Sprintf("no answer after %d repeats", w.spec.Tries), 1)
			w.end(i)
			continue
		}
		w.result.Repeats++
		c.measuring = false
		if asked {
			w.send(i, packet{kind: opRead}, now)
		} else {
			w.send(i, packet{kind: opAck, block: c.lastGood(), port: c.tid}, now)
		}
	}
}

// close counts what did not finish.
func (w *worker) close() {
	left := 0
	for i := range w.clients {
		c := &w.clients[i]
		if c.phase == ended {
			continue
		}
		left += w.spec.Transfers - c.generation
	}
	w.result.Unfinished = left
	if left > 0 {
		w.result.Elapsed = w.now()
	}
}
