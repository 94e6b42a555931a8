// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"reflect"

	"github.com/bootlace-net/bootlace/boot"
)

// worded is a type whose values are written as one of a few words each: the value is the place among them.
type worded interface{ words() []string }

// wordsOf lists what may be written for a type; nil if it is not one of words.
func wordsOf(t reflect.Type) []string {
	switch v := reflect.Zero(t).Interface().(type) {
	case worded:
		return v.words()
	case boot.Trust:
		return names(boot.Trusts())
	case boot.Strategy:
		return names(boot.Strategies())
	case boot.Level:
		return names([]boot.Level{boot.LevelDebug, boot.LevelInfo, boot.LevelWarn, boot.LevelError})
	}
	return nil
}

func names[T fmt.Stringer](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.String()
	}
	return out
}

// DHCPMode is what is done about DHCP.
type DHCPMode uint8

// The modes.
const (
	DHCPProxy   DHCPMode = iota // answer
	DHCPObserve                 // only log what the answer would be
	DHCPOff                     // do not listen
)

func (DHCPMode) words() []string { return []string{"proxy", "observe", "off"} }

// String is the word for YAML.
func (m DHCPMode) String() string { return m.words()[m] }

// DHCPSocket is the way in which DHCP is heard.
type DHCPSocket uint8

// The kinds of sockets.
const (
	SocketAuto   DHCPSocket = iota // packet where that is permitted, else UDP
	SocketUDP                      // bind ports 67 and 547
	SocketPacket                   // read beside any DHCP server on this machine
)

func (DHCPSocket) words() []string { return []string{"auto", "udp", "packet"} }

// String is the word for YAML.
func (s DHCPSocket) String() string { return s.words()[s] }

// DHCPv6 says whether DHCPv6 is answered.
type DHCPv6 uint8

// The choices.
const (
	DHCPv6Auto DHCPv6 = iota // where this machine has IPv6
	DHCPv6Off
)

func (DHCPv6) words() []string { return []string{"auto", "off"} }

// String is the word for YAML.
func (v DHCPv6) String() string { return v.words()[v] }

// GSO says whether UDP segmentation offload is used.
type GSO uint8

// The choices.
const (
	GSOAuto GSO = iota // try it out
	GSOOn
	GSOOff
)

func (GSO) words() []string { return []string{"auto", "on", "off"} }

// String is the word for YAML.
func (g GSO) String() string { return g.words()[g] }

// LoopThen is what a looping machine gets.
type LoopThen uint8

// The choices.
const (
	LoopLocal  LoopThen = iota // its own disk
	LoopIgnore                 // silence
	LoopWarn                   // what it always gets, with a warning in the log
)

func (LoopThen) words() []string { return []string{"local", "ignore", "warn"} }

// String is the word for YAML.
func (t LoopThen) String() string { return t.words()[t] }

// MemoryCheck is what becomes of machines with too little memory.
type MemoryCheck uint8

// The choices.
const (
	MemoryRefuse MemoryCheck = iota // no installation, and a warning before all else
	MemoryWarn                      // a warning
	MemoryOff                       // nothing
)

func (MemoryCheck) words() []string { return []string{"refuse", "warn", "off"} }

// String is the word for YAML.
func (c MemoryCheck) String() string { return c.words()[c] }

// Policy is what that means for a boot.
func (c MemoryCheck) Policy() boot.MemoryPolicy {
	return [...]boot.MemoryPolicy{boot.MemoryRefuse, boot.MemoryWarn, boot.MemoryIgnore}[c]
}

// LogFormat is how the log is written.
type LogFormat uint8

// The formats.
const (
	LogAuto LogFormat = iota // text for a terminal, JSON elsewhere
	LogText
	LogJSON
)

func (LogFormat) words() []string { return []string{"auto", "text", "json"} }

// String is the word for YAML.
func (f LogFormat) String() string { return f.words()[f] }

// SecretsPolicy says who gets files that hold secrets.
type SecretsPolicy uint8

// The policies.
const (
	SecretsOpen   SecretsPolicy = iota // the machine that they are for, as far as its name or address tells
	SecretsStrict                      // only who brings a token
)

func (SecretsPolicy) words() []string { return []string{"open", "strict"} }

// String is the word for YAML.
func (p SecretsPolicy) String() string { return p.words()[p] }

// NewDatabase says what it means that there is no database.
type NewDatabase uint8

// What it may mean.
const (
	NewInstall NewDatabase = iota // that nothing was installed yet
	NewHold                       // that it was lost: machines are held
)

func (NewDatabase) words() []string { return []string{"install", "hold"} }

// String is the word for YAML.
func (n NewDatabase) String() string { return n.words()[n] }
