// SPDX-License-Identifier: Apache-2.0

package syslogd

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Machines knows who is behind an address.
type Machines interface {
	// Behind gives the plan of the machine at remote; false for an address that is no machine's, or where local is not served.
	Behind(local, remote netip.Addr) (boot.Plan, bool)
}

// Server listens. Its fields must not be changed once it does.
type Server struct {
	Addrs    []netip.AddrPort
	Machines Machines
	Events   func(boot.Event) // called once for each line that is taken, from the receivers; nil: nobody listens
	Limits   Limits

	network  network
	sockets  []conn
	budget   *budget
	counters counters
}

// take does all that is done with one datagram.
func (s *Server) take(datagram []byte, local, remote netip.Addr, now time.Time) {
	remote = remote.Unmap().WithZone("")
	plan, ok := s.Machines.Behind(local, remote)
	if !ok {
		s.stranger(remote, now)
		return
	}
	parsed := Parse(datagram, nil)
	if len(parsed) == 0 {
		s.drop(Empty, 1)
		return
	}
	v := s.budget.pass(remote, parsed, now)
	s.drop(Talkative, v.talkative)
	s.drop(Flood, v.flood)
	if v.omitted > 0 {
		s.tell(boot.Event{Time: now, Kind: boot.EventLog, Level: boot.LevelInfo, Log: &boot.LogLine{},
			Text: fmt.Sprintf("(%d lines were left out here: there were too many at once)", v.omitted)}, plan, remote)
	}
	for i := range v.lines {
		l := &v.lines[i]
		s.counters.lines[l.Form].Add(1)
		s.tell(boot.Event{Time: now, Kind: boot.EventLog, Level: l.Severity.Level(), Text: l.words(),
			Log: &boot.LogLine{Form: l.Form.String(), Program: l.Program, Severity: l.Severity.String()}}, plan, remote)
	}
}

func (s *Server) tell(e boot.Event, plan boot.Plan, remote netip.Addr) {
	if s.Events == nil {
		return
	}
	e.About(plan)
	e.Client.Addr = remote
	s.Events(e)
}

// stranger counts, and says now and then who it was: it may be a machine whose address nobody saw.
func (s *Server) stranger(remote netip.Addr, now time.Time) {
	s.drop(Stranger, 1)
	if s.Events == nil || !s.budget.tellStranger(now) {
		return
	}
	s.Events(boot.Event{Time: now, Kind: boot.EventNetwork, Level: boot.LevelInfo, Once: toldOfStrangers, Detail: "from " + remote.String(),
		Text: "syslog lines come from an address that is no machine's: they are only counted (bootlace_syslog_dropped_total)"})
}
