// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bootlace-net/bootlace/boot"
)

// The kinds of an archive that a memory has.
const (
	kindMachines = "machines" // by boot.Client.Key, in hexadecimal
	kindEvents   = "events"   // by an event's number
)

// keptMachine is how a machine is written down. Names and types of fields stay the same between versions.
type keptMachine struct {
	key boot.MAC

	MAC      boot.MAC    `json:"mac"`
	UUID     boot.UUID   `json:"uuid,omitzero"`
	DUID     bytesText   `json:"duid,omitempty"`
	Serial   bytesText   `json:"serial,omitempty"`
	Hostname bytesText   `json:"hostname,omitempty"`
	Archs    []boot.Arch `json:"archs,omitempty"`
	Class    boot.Class  `json:"class,omitempty"`
	Vendor   bytesText   `json:"vendor,omitempty"`
	User     bytesText   `json:"user,omitempty"`
	Stage    boot.Stage  `json:"stage,omitempty"`

	Addr      netip.Addr   `json:"addr,omitzero"`
	Interface string       `json:"interface,omitempty"`
	Subnet    netip.Prefix `json:"subnet,omitzero"`
	Relay     netip.Addr   `json:"relay,omitzero"`
	Circuit   bytesText    `json:"circuit,omitempty"`
	Remote    bytesText    `json:"remote,omitempty"`

	Offered   string          `json:"offered,omitempty"` // strategies by their names: numbers may change
	Worked    string          `json:"worked,omitempty"`
	History   boot.History    `json:"history,omitzero"`
	Addrs     []keptLease     `json:"addrs,omitempty"`
	Inventory *boot.Inventory `json:"inventory,omitempty"` // its texts are safe already
	Heard     time.Time       `json:"heard,omitzero"`
}

type keptLease struct {
	Addr netip.Addr `json:"addr"`
	At   time.Time  `json:"at"`
}

// bytesText is text of packets, which may be any bytes. JSON has none for those that are not UTF-8: they begin with a NUL, and
// are in base64.
type bytesText string

// MarshalJSON follows json.Marshaler.
func (b bytesText) MarshalJSON() ([]byte, error) {
	s := string(b)
	if !utf8.ValidString(s) || strings.HasPrefix(s, "\x00") {
		s = "\x00" + base64.StdEncoding.EncodeToString([]byte(s))
	}
	return json.Marshal(s)
}

// UnmarshalJSON follows json.Unmarshaler.
func (b *bytesText) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if encoded, ok := strings.CutPrefix(s, "\x00"); ok {
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return err
		}
		s = string(raw)
	}
	*b = bytesText(s)
	return nil
}

// written is what is to be written down of a machine.
func (m *Memory) written(r *taken) *keptMachine {
	c := r.facts.client()
	k := &keptMachine{
		key: r.key,
		MAC: c.MAC, UUID: c.UUID, DUID: bytesText(c.DUID), Serial: bytesText(c.Serial), Hostname: bytesText(c.Hostname), Archs: c.Archs,
		Class: c.Class, Vendor: bytesText(c.Vendor), User: bytesText(c.User), Stage: c.Stage,
		Addr: c.Addr, Interface: c.Interface, Subnet: c.Subnet, Relay: c.Relay, Circuit: bytesText(c.Circuit), Remote: bytesText(c.Remote),
		History: m.history(&r.past), Inventory: r.inventory, Addrs: r.addrs, Heard: m.now(),
	}
	k.Offered, k.Worked = strategyName(k.History.Offered), strategyName(k.History.Worked)
	k.History.Offered, k.History.Worked = boot.StrategyAuto, boot.StrategyAuto
	return k
}

func strategyName(s boot.Strategy) string {
	if s == boot.StrategyAuto {
		return ""
	}
	return s.String()
}

func (k *keptMachine) client() boot.Client {
	return boot.Client{
		MAC: k.MAC, UUID: k.UUID, DUID: string(k.DUID), Serial: string(k.Serial), Hostname: string(k.Hostname), Archs: k.Archs,
		Class: k.Class, Vendor: string(k.Vendor), User: string(k.User), Stage: k.Stage,
		Addr: k.Addr, Interface: k.Interface, Subnet: k.Subnet, Relay: k.Relay, Circuit: string(k.Circuit), Remote: string(k.Remote),
	}
}

func (k *keptMachine) history() boot.History {
	h := k.History
	h.Offered, _ = boot.ParseStrategy(k.Offered) // one that is not known any more is none
	h.Worked, _ = boot.ParseStrategy(k.Worked)
	return h
}

// keptEvent is how an event is written down. Its texts are safe already; of its machine no more is kept than what a timeline
// shows.
type keptEvent struct {
	Owner    boot.MAC       `json:"owner,omitzero"` // the machine's key
	Time     time.Time      `json:"time"`
	Kind     boot.EventKind `json:"kind"`
	Level    boot.Level     `json:"level,omitempty"`
	MAC      boot.MAC       `json:"mac,omitzero"`
	UUID     boot.UUID      `json:"uuid,omitzero"`
	Stage    boot.Stage     `json:"stage,omitempty"`
	Addr     netip.Addr     `json:"addr,omitzero"`
	Host     string         `json:"host,omitempty"`
	Profile  string         `json:"profile,omitempty"`
	Text     string         `json:"text"`
	Detail   string         `json:"detail,omitempty"`
	Exchange *boot.Exchange `json:"exchange,omitempty"`
	Transfer *boot.Transfer `json:"transfer,omitempty"`
	Network  *boot.Network  `json:"network,omitempty"`
	Log      *boot.LogLine  `json:"log,omitempty"`
}

func (k *keptEvent) event() boot.Event {
	return boot.Event{
		Time: k.Time, Kind: k.Kind, Level: k.Level, Client: boot.Client{MAC: k.MAC, UUID: k.UUID, Stage: k.Stage, Addr: k.Addr}, Host: k.Host,
		Profile: k.Profile, Text: k.Text, Detail: k.Detail, Exchange: k.Exchange, Transfer: k.Transfer, Network: k.Network, Log: k.Log,
	}
}
