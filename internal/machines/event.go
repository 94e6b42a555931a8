// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// event is one piece of a story, and where it stands among all of them. Of a boot.Event it has what is left to tell once it was
// recorded.
type event struct {
	time                        time.Time
	kind                        boot.EventKind
	level                       boot.Level
	who                         facts
	host, profile, text, detail string
	exchange                    *boot.Exchange
	transfer                    *boot.Transfer
	network                     *boot.Network
	log                         *boot.LogLine

	owner         *machine // nil: it gave way
	before, after *event   // on its shelf
	order         uint64
	waits         bool // to be written
	kept          bool // it was given to the archive
}

func newEvent(e *boot.Event, who facts) *event {
	return &event{
		time: e.Time, kind: e.Kind, level: e.Level, who: who, host: e.Host, profile: e.Profile, text: e.Text, detail: e.Detail,
		exchange: e.Exchange, transfer: e.Transfer, network: e.Network, log: e.Log,
	}
}

// told gives the event as everybody else knows it.
func (e *event) told() boot.Event {
	return boot.Event{
		Time: e.time, Kind: e.kind, Level: e.level, Client: e.who.client(), Host: e.host, Profile: e.profile, Text: e.text, Detail: e.detail,
		Exchange: e.exchange, Transfer: e.transfer, Network: e.network, Log: e.log,
	}
}

// written is what is to be written down of it. It has an owner, or had one when it was copied.
func (e *event) written() *keptEvent {
	c := e.who.client()
	return &keptEvent{
		Owner: e.owner.key, Time: e.time, Kind: e.kind, Level: e.level, MAC: c.MAC, UUID: c.UUID, Stage: c.Stage, Addr: c.Addr,
		Host: e.host, Profile: e.profile, Text: e.text, Detail: e.detail,
		Exchange: e.exchange, Transfer: e.transfer, Network: e.network, Log: e.log,
	}
}
