// SPDX-License-Identifier: Apache-2.0

package boot

import "fmt"

// MemoryAnswer is whether a machine has the memory that what it boots needs.
type MemoryAnswer string

// The answers.
const (
	MemoryNotSaid MemoryAnswer = ""           // nobody says how much is needed
	MemoryEnough  MemoryAnswer = "enough"     //
	MemoryLittle  MemoryAnswer = "too-little" // what it boots will not run
	MemoryUnknown MemoryAnswer = "unknown"    // the machine did not say what it has
)

// Memory is what is needed and what a machine says that it has, in bytes; 0: not known.
type Memory struct{ Need, Has int64 }

// memorySlack is how much less a machine may report than it has: what its graphics and its firmware took for themselves.
const memorySlack = 64 << 20

// Answer compares them. What is not known is no reason against anything.
func (m Memory) Answer() MemoryAnswer {
	switch {
	case m.Need <= 0:
		return MemoryNotSaid
	case m.Has <= 0:
		return MemoryUnknown
	case m.Has+memorySlack < m.Need:
		return MemoryLittle
	}
	return MemoryEnough
}

// Short reports whether the machine is known to have too little.
func (m Memory) Short() bool { return m.Answer() == MemoryLittle }

// Words say it to people; "" where there is nothing to say.
func (m Memory) Words() string {
	needs := "it needs " + MiB(m.Need) + " of memory"
	switch m.Answer() {
	case MemoryLittle, MemoryEnough:
		return needs + ", and this machine reports " + MiB(m.Has)
	case MemoryUnknown:
		return needs + ", and how much this machine has is not known"
	case MemoryNotSaid:
	}
	return ""
}

// MiB writes a number of bytes as people read memory, rounded up.
func MiB(bytes int64) string { return fmt.Sprintf("%d MiB", (bytes+1<<20-1)>>20) }

// MemoryPolicy is what is done for a machine that has too little memory.
type MemoryPolicy uint8

// The policies.
const (
	MemoryIgnore MemoryPolicy = iota // nothing
	MemoryWarn                       // it is told, and boots after a pause
	MemoryRefuse                     // the same; but it is not installed: it goes on with its disk
)

// Unattended is the entry that a machine of a plan comes to when nobody touches a key, as its architecture has it, and the profile that
// the entry is of; nil if there is none.
func (c *Catalog) Unattended(p *Plan) (*Entry, *Profile) {
	profile, menu := p.Profile, (*Menu)(nil)
	for range mostSteps {
		var e *Entry
		switch {
		case menu != nil:
			e = menu.byItself()
		case profile == nil:
			return nil, nil
		case profile.Start != nil:
			menu = profile.Start
			continue
		default:
			e = &profile.Entry
		}
		if e == nil {
			return nil, nil
		}
		switch e = e.For(p.Client.Arch()); e.Kind {
		case EntryMenu:
			menu = e.Menu
		case EntryProfile:
			profile, menu = c.byProfile[e.Profile], nil
		default:
			return e, profile
		}
	}
	return nil, nil // it goes round in circles, which is told elsewhere
}

// mostSteps is how many menus and profiles lead to what is booted.
const mostSteps = 64

// Memory is whether a machine that has so many bytes has what it comes to when nobody touches a key, and whether that installs.
func (c *Catalog) Memory(p *Plan, has int64) (m Memory, installs bool) {
	e, profile := c.Unattended(p)
	if e == nil {
		return Memory{}, false
	}
	return Memory{Need: e.Need(), Has: has}, profile.Installs()
}

// Need is the least memory of a machine that boots the entry, in bytes; 0: it is not known, or nobody is to ask.
func (e *Entry) Need() int64 {
	if e.LeastMemory == nil {
		return 0
	}
	return *e.LeastMemory
}
