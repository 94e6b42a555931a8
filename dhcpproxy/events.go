// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"errors"
	"net/netip"
	"syscall"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// How long what was said is not to be said again.
const (
	noteAge  = 10 * time.Minute
	rivalAge = 24 * time.Hour
)

func (s *Server) emit(e boot.Event) {
	if s.Events != nil {
		s.Events(e)
	}
}

// tell says what became of a packet.
func (s *Server) tell(ans *Answer, a *Arrival, c *socket) {
	if s.Events == nil {
		return
	}
	e := boot.Event{
		Time: a.Time, Kind: boot.EventDHCP, Level: ans.level(), Client: ans.Client, Text: ans.sentence(), Detail: ans.Detail,
		Exchange: &boot.Exchange{
			Port: c.port(), Request: ans.Request, Verdict: ans.Verdict.String(), Answered: ans.Verdict.Answered(),
			Strategy: ans.Strategy, Why: ans.Why, File: ans.File, To: ans.To.Remote, Fresh: ans.Fresh, Returns: ans.Loop.Returns,
			System: ans.System,
		},
	}
	if len(ans.Reply) == 0 {
		e.Exchange.To = netip.AddrPort{}
	}
	if ans.Plan.Host != nil {
		e.Host = ans.Plan.Host.Name
	}
	if ans.Plan.Profile != nil {
		e.Profile = ans.Plan.Profile.Name
	}
	if ans.Verdict == SilentFlood { // that is about all of them
		e.Client, e.Once = boot.Client{}, noteAge
	}
	s.Events(e)
	if ans.Note != "" {
		s.Events(boot.Event{Time: a.Time, Kind: boot.EventNetwork, Level: boot.LevelWarn, Client: boot.Client{MAC: ans.Client.MAC},
			Text: ans.Note, Once: rivalAge, Network: &boot.Network{Rival: rivalTwice.String()}})
	}
}

// level is how loud a decision is: what is sent is the story of a boot; silence towards machines that are not ours is of
// interest to those who look for it.
func (ans *Answer) level() boot.Level {
	switch v := ans.Verdict; {
	case ans.Loop.Returns > 0 && ans.Fresh:
		return boot.LevelWarn
	case ans.Loop.Returns > 0: // its repetitions
		return boot.LevelInfo
	case v.Noise():
		return boot.LevelDebug
	case v.Answered() || v == ObservedOffer || v == ObservedAck:
		return boot.LevelInfo
	default:
		return boot.LevelWarn
	}
}

func (ans *Answer) sentence() string {
	did := ans.Verdict.Sentence()
	if ans.File != "" && ans.Verdict != AnsweredLocal {
		did += " " + ans.File
	}
	if ans.Loop.Returns == 0 {
		return did
	}
	name := ans.Client.Key().String()
	if ans.Plan.Host != nil {
		name = ans.Plan.Host.Name
	}
	return ans.Loop.words(ans.Verdict, did, name)
}

// port names the one that a request came to.
func (c *socket) port() string { return portName(c.role, c.six) }

func portName(role Role, six bool) string {
	switch {
	case six && role == RoleDHCP:
		return "547"
	case six:
		return "4011/v6"
	default:
		return role.String()
	}
}

// PortNames lists what an event may say as its port.
func PortNames() []string {
	return []string{portName(RoleDHCP, false), portName(RoleBINL, false), portName(RoleDHCP, true), portName(RoleBINL, true)}
}

// failed tells of a socket that could not be read, or an answer that could not be sent.
func (s *Server) failed(direction string, err error, to netip.AddrPort) {
	e := boot.Event{Time: time.Now(), Kind: boot.EventNetwork, Level: boot.LevelDebug, Text: "a DHCP socket could not be read",
		Detail: err.Error(), Once: noteAge, Network: &boot.Network{Direction: direction}}
	if to.IsValid() {
		why := syscall.Errno(0) // what is said once must not hold an address that anybody may have invented
		_ = errors.As(err, &why)
		e.Level, e.Text, e.Detail = boot.LevelWarn, "an answer could not be sent: "+why.Error(), "to "+to.String()+": "+err.Error()
	}
	s.emit(e)
}
