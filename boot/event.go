// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"net/netip"
	"time"
)

// EventKind says what an event is about.
type EventKind uint8

// The kinds of events.
const (
	EventDHCP      EventKind = iota + 1 // a decision about a DHCP packet: Exchange is set
	EventFile                           // a request for a file has ended: Transfer is set
	EventUnknown                        // a machine came that no host and no group names
	EventNotice                         // something about one machine that an operator should know
	EventNetwork                        // something about the network or the appliance: another server, a port, a reload
	EventLog                            // a machine said something of itself, or somebody from its address did: Log is set
	EventInventory                      // the loader of a machine said what it runs on
	EventRot                            // a stored image is not what it was, or is again
	eventKindCount
)

// String gives the word for logs, metrics and programs.
func (k EventKind) String() string {
	return [...]string{"", "dhcp", "file", "unknown", "notice", "network", "log", "inventory", "rot"}[k]
}

// Level is how loud an event is.
type Level uint8

// The levels.
const (
	LevelDebug Level = iota // of interest to those who look for it
	LevelInfo               // the story of a boot
	LevelWarn               // an operator should look at it
	LevelError              // something is broken
)

// String gives the word for logs and programs.
func (l Level) String() string { return [...]string{"debug", "info", "warn", "error"}[l] }

// Event is one thing that happened on a machine's way to its system, or to the appliance. Rooms emit events and forget them; one
// recorder logs and counts them and keeps each machine's story. Nothing that a protocol does may depend on what became of an event.
type Event struct {
	Time    time.Time
	Kind    EventKind
	Level   Level
	Client  Client // the machine, as far as it is known; zero where it is not about one
	Host    string // of the configuration; "" for a machine without one
	Profile string // what it is to boot; "" for none
	Text    string // one sentence for people. May hold words of a packet: the recorder makes them safe
	Detail  string // more of it, or an internal error, or the policy for an unknown machine; never shown to machines

	// Once is how long the same Text about the same machine is not to be said again; 0: say it each time. That of an
	// EventNetwork is about the network: a machine in it is an example.
	Once time.Duration

	Exchange *Exchange // for EventDHCP
	Transfer *Transfer // for EventFile
	Network  *Network  // for EventNetwork, where there is something to count
	Log      *LogLine  // for EventLog
}

// LogLine is how a machine said what it did of itself. The words are in the event's Text, behind the name of the program.
type LogLine struct {
	Form     string // "ipxe", "rfc3164", "rfc5424", "kernel", "plain" or, by a token, "http"; "" for what we say in its place
	Program  string // which of its programs; "" where that is not told
	Severity string // syslog's word
}

// toldOfWaiting is how often it is told what a machine fetches that waits for a decision: it fetches that every few seconds.
const toldOfWaiting = time.Hour

// About ties an event to the machine of a plan.
func (e *Event) About(p Plan) {
	e.Client = p.Client
	if p.Action == ActionWait && e.Kind == EventFile && e.Level <= LevelInfo {
		e.Once = toldOfWaiting
	}
	if p.Host != nil {
		e.Host = p.Host.Name
	}
	if p.Profile != nil {
		e.Profile = p.Profile.Name
	}
}

// Exchange is the DHCP side of an event.
type Exchange struct {
	Port     string // "67", "4011", "547" or "4011/v6": where the request came to
	Request  string // its type: "DISCOVER", "SOLICIT"
	Verdict  string // what became of it, in one word that stays the same between versions
	Answered bool
	Strategy Strategy
	Why      string         // of the strategy
	File     string         // the name or URL that is offered
	To       netip.AddrPort // where the answer went; invalid: there was none
	Fresh    bool           // the first packet of a boot
	System   bool           // an operating system asks for its address: nothing in the packet is of firmware or of a loader
	Returns  int            // how often the machine came back, where that is too often
}

// Network is what an event of the network counts as.
type Network struct {
	Rival     string     // a kind of server that keeps machines from taking our offers: "proxy", "option-60", "boot-file", "two-interfaces", "unheard"
	Server    netip.Addr // which one
	Direction string     // of a DHCP socket that failed: "read", "send"
}

// Transfer is the file side of an event.
type Transfer struct {
	Protocol Protocol
	Name     string         // as it was asked for
	Remote   netip.AddrPort // who asked
	By       string         // how the machine was recognised: "name", "dhcp", "neighbour"...
	Outcome  string         // how it ended, in words
	Good     bool           // nothing is wrong with this end

	Size     int64         // of the file in bytes; -1: there was none
	Bytes    int64         // that the client has, or has sent
	Duration time.Duration // from the request (TFTP: from the file being open) to the end

	Method string // HTTP only
	Status int    // HTTP only
	Agent  string // HTTP only: User-Agent

	Unproved    bool          // TFTP only: nobody at that address has answered yet, so that it may be forged
	Class       string        // TFTP only: the kind of client that it looks like; "" for any
	BlockSize   int           // TFTP only
	WindowSize  int           // TFTP only, in blocks
	Retransmits int64         // TFTP only, in datagrams
	RTT         time.Duration // TFTP only, smoothed; 0: never measured
}
