// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// waiter is a socket that is waited for. The runtime's poller is not used: a lane that serves thousands of peers wants one
// blocking wait for datagrams and wake-ups together, and the system calls of a batch on the goroutine's own thread.
type waiter struct {
	polled, wakefd int // what becomes readable when there is something to receive; what wakes the receiver
	closed         atomic.Bool
	asleep         atomic.Bool // the receiver is in, or about to enter, the blocking wait
	woken          atomic.Bool
	recvMu         sync.Mutex // held by the receiver; Close takes it to know the socket is no longer in use
	poll           [2]unix.PollFd
	sleep          func(*unix.Timespec) (ready, kicked bool, err error) // waits for polled and wakefd; neither: that was all the time
}

// wakeable makes what wakes the receiver.
func (w *waiter) wakeable() (err error) {
	w.wakefd, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	w.poll = [2]unix.PollFd{{Fd: int32(w.polled), Events: unix.POLLIN}, {Fd: int32(w.wakefd), Events: unix.POLLIN}}
	w.sleep = w.ppoll
	return os.NewSyscallError("eventfd", err)
}

// Wake makes the current or the next Recv return without a datagram (0, nil). Any goroutine may call it; it costs a system
// call only while the receiver sleeps.
func (w *waiter) Wake() {
	w.woken.Store(true)
	if w.asleep.Load() {
		w.kick()
	}
}

func (w *waiter) kick() {
	_, _ = unix.Write(w.wakefd, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // EAGAIN means it is already kicked
}

// finish ends the receiver, waits for it, and keeps the next one out by recvMu; false if that was done before.
func (w *waiter) finish() bool {
	if w.closed.Swap(true) {
		return false
	}
	w.kick()
	w.recvMu.Lock()
	return true
}

func (w *waiter) closeWake() error {
	if w.wakefd < 0 {
		return nil
	}
	return os.NewSyscallError("close", unix.Close(w.wakefd))
}

// recv takes datagrams as Conn.Recv does; now takes what is there.
func (w *waiter) recv(in []Incoming, timeout time.Duration, now func([]Incoming) (int, error)) (int, error) {
	w.recvMu.Lock()
	defer w.recvMu.Unlock()
	for {
		if w.closed.Load() {
			return 0, net.ErrClosed
		}
		n, err := now(in)
		if n > 0 || err != nil {
			return n, err
		}
		if w.woken.Swap(false) {
			return 0, nil
		}
		if timeout == 0 {
			return 0, deadlineExceeded()
		}
		if ready, err := w.wait(timeout); err != nil || !ready {
			return 0, err
		}
	}
}

// wait sleeps until the socket is readable (true), a wake-up (false, nil) or the timeout.
func (w *waiter) wait(timeout time.Duration) (bool, error) {
	w.asleep.Store(true)
	defer w.asleep.Store(false)
	if w.woken.Swap(false) { // Wake came before it could see us asleep
		return false, nil
	}
	var ts *unix.Timespec
	if timeout > 0 {
		spec := unix.NsecToTimespec(int64(timeout))
		ts = &spec
	}
	ready, kicked, err := w.sleep(ts)
	switch {
	case errors.Is(err, unix.EINTR):
		return true, nil
	case err != nil:
		return false, err
	case !ready && !kicked:
		return false, deadlineExceeded()
	}
	if kicked {
		var b [8]byte
		_, _ = unix.Read(w.wakefd, b[:]) // empties the counter
		w.woken.Store(false)
		if w.closed.Load() {
			return false, net.ErrClosed
		}
		return ready, nil
	}
	return true, nil
}

func (w *waiter) ppoll(ts *unix.Timespec) (ready, kicked bool, err error) {
	_, err = unix.Ppoll(w.poll[:], ts, nil)
	if err != nil {
		return false, false, os.NewSyscallError("ppoll", err)
	}
	return w.poll[0].Revents != 0, w.poll[1].Revents != 0, nil
}
