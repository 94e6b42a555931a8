// SPDX-License-Identifier: Apache-2.0

package api

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// Event is one thing that happened to a machine.
type Event struct {
	Number  uint64    `json:"number"` // grows with time; of one run of the appliance
	Time    time.Time `json:"time"`   // when it ended
	Kind    string    `json:"kind"`   // dhcp, file, unknown, notice, network, log or inventory
	Level   string    `json:"level"`
	Text    string    `json:"text"`
	Detail  string    `json:"detail,omitempty"`
	MAC     string    `json:"mac,omitempty"`
	Host    string    `json:"host,omitempty"`
	Profile string    `json:"profile,omitempty"`

	DHCP *DHCP `json:"dhcp,omitempty"`
	File *File `json:"file,omitempty"`
	Log  *Log  `json:"log,omitempty"`
}

// Log is how a line of a machine's own log came; it is the event's text.
type Log struct {
	Form     string `json:"form,omitempty"`    // ipxe, rfc3164, rfc5424, kernel or plain
	Program  string `json:"program,omitempty"` // of the machine
	Severity string `json:"severity,omitempty"`
}

// DHCP is what became of a packet.
type DHCP struct {
	Port     string `json:"port"`
	Stage    string `json:"stage"` // the program that asks: rom, ipxe or bootlace-ipxe
	Request  string `json:"request"`
	Verdict  string `json:"verdict"`
	Answered bool   `json:"answered"`
	Strategy string `json:"strategy,omitempty"`
	File     string `json:"file,omitempty"`
	To       string `json:"to,omitempty"`
	Fresh    bool   `json:"fresh,omitempty"` // the first packet of a boot
	Returns  int    `json:"returns,omitempty"`
}

// File is how a request for a file ended.
type File struct {
	Protocol    string  `json:"protocol"`
	Name        string  `json:"name"`
	Remote      string  `json:"remote,omitempty"`
	By          string  `json:"by,omitempty"` // how the machine was recognised
	Outcome     string  `json:"outcome"`
	Good        bool    `json:"good"`
	Size        int64   `json:"size"` // -1: there was none
	Bytes       int64   `json:"bytes"`
	Seconds     float64 `json:"seconds"`
	Status      int     `json:"status,omitempty"`
	BlockSize   int     `json:"blksize,omitempty"`
	WindowSize  int     `json:"windowsize,omitempty"`
	Retransmits int64   `json:"retransmits,omitempty"`
}

// told translates an event of a story, whose text is safe already.
func told(t machines.Told) Event {
	e := Event{Number: t.Number, Time: t.Time.UTC(), Kind: t.Kind.String(), Level: t.Level.String(), Text: t.Text, Detail: t.Detail,
		MAC: macText(t.Client.MAC), Host: t.Host, Profile: t.Profile}
	if x := t.Exchange; x != nil {
		e.DHCP = &DHCP{Port: x.Port, Stage: t.Client.Stage.String(), Request: x.Request, Verdict: x.Verdict, Answered: x.Answered, File: x.File, Fresh: x.Fresh, Returns: x.Returns}
		if x.Strategy != boot.StrategyAuto {
			e.DHCP.Strategy = x.Strategy.String()
		}
		if x.To.IsValid() {
			e.DHCP.To = x.To.String()
		}
	}
	if x := t.Transfer; x != nil {
		e.File = transferred(x)
		if x.Protocol != boot.TFTP { // its event has the time of the request
			e.Time = e.Time.Add(x.Duration)
		}
	}
	if x := t.Log; x != nil {
		e.Log = &Log{x.Form, x.Program, x.Severity}
	}
	return e
}

func transferred(x *boot.Transfer) *File {
	f := &File{Protocol: x.Protocol.String(), Name: x.Name, By: x.By, Outcome: x.Outcome, Good: x.Good, Size: x.Size, Bytes: x.Bytes,
		Seconds: x.Duration.Seconds(), Status: x.Status, BlockSize: x.BlockSize, WindowSize: x.WindowSize, Retransmits: x.Retransmits}
	if x.Remote.IsValid() {
		f.Remote = x.Remote.Addr().Unmap().String()
	}
	return f
}

// Line is an event in few words.
func (e *Event) Line() string {
	switch {
	case e.DHCP != nil && e.DHCP.File != "":
		return fmt.Sprintf("dhcp %s: %s, %s", e.DHCP.Request, e.DHCP.Verdict, e.DHCP.File)
	case e.DHCP != nil:
		return fmt.Sprintf("dhcp %s: %s", e.DHCP.Request, e.DHCP.Verdict)
	case e.File != nil && e.Kind == boot.EventFile.String():
		return fmt.Sprintf("%s %s: %s", e.File.Protocol, e.File.Name, e.File.Outcome)
	}
	return e.Text
}

// story is what happened to a machine under all its keys after an event's number, the oldest first.
func (s *Server) story(keys []boot.MAC, after uint64) []Event {
	events := []Event{}
	for _, key := range keys {
		for _, t := range s.Memory.Since(key, after) {
			events = append(events, told(t))
		}
	}
	slices.SortFunc(events, func(a, b Event) int { return cmp.Compare(a.Number, b.Number) })
	return events
}
