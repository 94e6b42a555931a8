// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// Server is a TFTP server. Set the fields, then Listen and Serve; fields must not change after Listen. The zero value of
// every field but Opener is usable.
type Server struct {
	// Opener finds the content. Required.
	Opener Opener
	// Storer takes uploads (WRQ); nil, the default, refuses them. [OpenUploadDir] gives one.
	Storer Storer
	// Addrs are the addresses to listen on; default 0.0.0.0:69 and [::]:69 (the latter only where the system has IPv6). An
	// unspecified address serves all addresses of its family; answers always leave from the address that was asked.
	Addrs []netip.AddrPort
	// SinglePort answers from the request port instead of a port per transfer, for clients behind NAT, Docker, Kubernetes.
	SinglePort bool
	// Lanes is how many goroutines share the work; default half of the processors (at least one).
	Lanes int

	// MinBlock and MaxBlock bound blksize; default 512 and 1468, which fits Ethernet without fragments. RFC 2348 allows 8 to
	// 65464. A request below MinBlock is not granted (512 is used then), one above MaxBlock gets MaxBlock.
	MinBlock, MaxBlock int
	// MTU says how long a packet an interface of this host carries, by its index, 0 for one that is not known; a block that
	// would not fit is not granted. It must be quick. nil: no interface is known.
	MTU func(index int) int
	// MaxWindow bounds windowsize (RFC 7440, 1 to 65535); default 64, negative refuses the option.
	MaxWindow int
	// Retransmit sets the timer's limits per class of client; what is zero keeps its default.
	Retransmit map[Class]Retransmit
	// Silence is how long a client may stay silent before its transfer ends; default 75 s. GRUB and clients that write to
	// flash stop for a minute.
	Silence time.Duration
	// GSO says whether windows leave as one segmented send; default Auto.
	GSO GSO
	// BusyPoll is how long a lane spins for the answer of a lock-step client before it sleeps; default 0, never. 50 µs about
	// doubles the rate of a single client and costs a core meanwhile.
	BusyPoll time.Duration
	// Pin is how long a client that only asked for the size (all UEFI firmware does) gets the same content when it asks for
	// the same name again, even if that has changed meanwhile; default 10 s, negative never.
	Pin time.Duration
	// OpenTimeout ends the context of Opener.Open; default 10 s.
	OpenTimeout time.Duration
	// Limits bound what clients can make the server do.
	Limits Limits
	// Events is told what happens, one event after the other, on a goroutine of the server that no client waits for; nil tells
	// nobody. While it blocks, events and the files of transfers that ended pile up.
	Events func(Event)

	network network // nil: the system's

	lanes     []*lane
	listeners []*listener
	index     *index
	clients   *clients
	pins      *pins
	sources   *sources
	openers   *pool
	readers   *pool
	finisher  *finisher
	counters  counters
	illegal   objections
	gsoAuto   bool
	base      time.Time
	ctx       context.Context
}

// GSO is a choice about segmented sends.
type GSO uint8

// The choices.
const (
	Auto GSO = iota // where the kernel passes a test; per client until a window has to be repeated
	On              // wherever the kernel knows it
	Off
)

// withDefaults fills the configuration and refuses what cannot work.
func (s *Server) withDefaults() error {
	if s.Opener == nil {
		return errors.New("tftpd: no Opener")
	}
	s.MinBlock, s.MaxBlock = or(s.MinBlock, proto.DefaultBlock), or(s.MaxBlock, 1468)
	if s.MinBlock < proto.MinBlock || s.MaxBlock > proto.MaxBlock || s.MinBlock > s.MaxBlock {
		return fmt.Errorf("tftpd: block sizes %d to %d are not within %d to %d", s.MinBlock, s.MaxBlock, proto.MinBlock, proto.MaxBlock)
	}
	if s.MaxWindow = or(s.MaxWindow, 64); s.MaxWindow > 65535 {
		return fmt.Errorf("tftpd: window %d is larger than 65535", s.MaxWindow)
	}
	s.Silence, s.Pin, s.OpenTimeout = or(s.Silence, 75*time.Second), or(s.Pin, 10*time.Second), or(s.OpenTimeout, 10*time.Second)
	s.Lanes = or(s.Lanes, max(1, runtime.GOMAXPROCS(0)/2))
	s.Limits = s.Limits.withDefaults()
	if s.network == nil {
		s.network = system{}
	}
	return nil
}

// Listen binds all addresses, so that privileges can be dropped before Serve. The error is the first address's that cannot
// be bound.
func (s *Server) Listen() error {
	if err := s.withDefaults(); err != nil {
		return err
	}
	s.base = time.Now()
	s.openers, s.readers = newPool(64, 4096), newPool(16, 1024)
	s.sources = newSources(newCache(s.Limits.Memory, s.readers))
	s.index, s.clients, s.finisher = newIndex(s), newClients(s.Limits), newFinisher()
	s.pins = newPins(s.sources, s.Pin)
	s.counters.init()
	s.gsoAuto, s.illegal.bucket = s.GSO == Auto, bucket{rate: 50, burst: 50}
	if err := s.bind(); err != nil {
		for _, l := range s.listeners {
			err = errors.Join(err, l.conn.Close())
		}
		for _, l := range s.lanes {
			err = errors.Join(err, l.conn.Close())
		}
		return err
	}
	return nil
}

// LocalAddrs are the addresses requests are taken on, with their real ports.
func (s *Server) LocalAddrs() []netip.AddrPort {
	var addrs []netip.AddrPort
	for _, l := range s.listeners {
		addrs = append(addrs, l.conn.LocalAddr())
	}
	for i, l := range s.lanes {
		if l.single != nil && (i == 0 || s.lanes[i-1].single.local != l.single.local) {
			addrs = append(addrs, l.single.local)
		}
	}
	return addrs
}

// Serve serves until ctx ends, then tells the clients it is serving (ERROR 0), ends what runs and returns nil. It returns early with an error only when a socket
// fails. Listen comes before.
func (s *Server) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.ctx = ctx
	var tasks, last sync.WaitGroup
	run := func(f func() error) {
		tasks.Go(func() {
			if err := f(); err != nil {
				cancel(err)
			}
		})
	}
	last.Go(s.finisher.run)
	for _, l := range s.listeners {
		run(l.run)
	}
	for _, l := range s.lanes {
		run(l.run)
	}
	<-ctx.Done()
	for _, l := range s.listeners {
		_ = l.conn.Close() // nothing to lose on a datagram socket
	}
	for _, l := range s.lanes {
		l.do(l.farewell)
	}
	tasks.Wait()
	for _, l := range s.lanes {
		_ = l.conn.Close() // those that failed before
	}
	s.openers.close()
	s.readers.close()
	for _, l := range s.lanes {
		l.shut(l.now()) // what workers still brought
	}
	s.finisher.later(s.pins.dropAll)
	s.finisher.close()
	last.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
