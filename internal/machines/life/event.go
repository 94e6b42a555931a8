// SPDX-License-Identifier: Apache-2.0

package life

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Kind says what happened.
type Kind uint8

// The kinds of events.
const (
	Requested  Kind = iota + 1 // a firmware or a loader asked DHCP for something to boot: Fresh, Firmware, NIC, Way
	Asked                      // a file that can install was asked for, and waits for the answer: What, Claim, Tokens
	Sent                       // the client has all of a file: What or Path, Boot
	Logged                     // the installer sent a line of its log
	Reported                   // a call said that it is done: Claim
	Complained                 // a call said that it failed: Claim, Text
	SystemSeen                 // a system, no firmware and no loader, asked DHCP for an address
	Ticked                     // time went by: for attempts that are pending, about once a minute
	kindCount
)

// String gives the word for logs and test schedules.
func (k Kind) String() string {
	return [...]string{"", "requested", "asked", "sent", "logged", "reported", "complained", "system-seen", "ticked"}[k]
}

// Event is one thing that happened to one machine.
type Event struct {
	Kind   Kind
	At     time.Time     // for people; nothing is decided by it
	Uptime time.Duration // of this appliance: monotonic, from any beginning

	NIC  boot.MAC
	UUID boot.UUID
	Way  string // which of the NIC's ways to boot: "v4", "v6", "http4", "http6". Firmware tries each of them once in a boot

	// Fresh: the first packet of its exchange, not one that is sent again. Firmware: by the machine's own PXE or HTTP stack,
	// an iPXE in the NIC included; not by the iPXE that we sent, which asks DHCP again in the middle of a boot.
	Fresh, Firmware bool

	// What was asked for or sent: EvidenceScript for a script or what a loader has in its place (pxelinux.cfg, grub.cfg,
	// extlinux.conf, a Raspberry Pi's config.txt), EvidenceKernel, EvidenceInitrd, EvidenceAnswer; EvidenceNone for another.
	// A profile whose kernel comes from elsewhere has it sent with its script: the caller says so by a second event.
	What Evidence
	Path string // of what was sent, for success by fetch
	Boot Boot   // of what was sent: Sight.Boot when it was asked for

	Claim  Claim   // what a token proves that the record has; zero: there was none
	Tokens []Token // asked: those that will be in what is sent. Target and Number are filled in here
	Text   string  // complained: why
}

// Claim is the attempt that a valid token was made for.
type Claim struct {
	Target Target
	Number int
}

// Alarm is a kind of thing that an operator is told once for a target.
type Alarm string

// The alarms.
const (
	AlarmFailed    Alarm = "failed"    // an installer said so; told each time
	AlarmStalled   Alarm = "stalled"   // nothing was heard for too long; told for each attempt
	AlarmExhausted Alarm = "exhausted" // all attempts are used up
	AlarmDisk      Alarm = "disk"      // the disk does not boot
	AlarmRefused   Alarm = "refused"   // the store failed, or a record cannot be read
)

// Effect is something to tell: a line of the machine's story, or an alarm where Alarm is set.
type Effect struct {
	Alarm Alarm
	Text  string
}
