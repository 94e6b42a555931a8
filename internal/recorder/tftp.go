// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"fmt"
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/tftpd"
)

// FromTFTP translates an event of the TFTP engine, which knows nothing of machines.
func FromTFTP(event tftpd.Event) boot.Event {
	switch e := event.(type) {
	case tftpd.Finished:
		return finished(&e)
	case tftpd.TooManyBlocks:
		return boot.Event{Kind: boot.EventNotice, Level: boot.LevelWarn, Text: "file has more than 65535 blocks: older versions of this client cannot load it",
			Detail:   fmt.Sprintf("%d bytes; with this block size at most %d", e.Size, e.Limit),
			Transfer: &boot.Transfer{Name: e.Request.Name, Remote: e.Request.Remote, Class: className(e.Class), Size: e.Size}}
	case tftpd.Refusals:
		return detail("not answered", fmt.Sprintf("%s, %d so far", e.Reason, e.Total), e.Latest)
	case tftpd.SendFailures:
		return detail("could not send", fmt.Sprintf("%v, %d so far", e.Err, e.Total), netip.AddrPort{})
	case tftpd.PortsShared:
		return boot.Event{Kind: boot.EventNetwork, Level: boot.LevelWarn, Text: "no port could be opened for a transfer: it shares one; raise the limit of open files",
			Detail: fmt.Sprintf("%v, %d so far", e.Err, e.Total), Transfer: &boot.Transfer{}}
	case tftpd.UploadLeft:
		return boot.Event{Kind: boot.EventNetwork, Level: boot.LevelWarn, Text: "an unfinished upload could not be removed", Detail: e.Err.Error(),
			Transfer: &boot.Transfer{}}
	}
	return boot.Event{Kind: boot.EventNetwork, Text: fmt.Sprintf("%+v", event), Transfer: &boot.Transfer{}}
}

func finished(f *tftpd.Finished) boot.Event {
	level := boot.LevelInfo
	if !f.Outcome.Good() {
		level = boot.LevelWarn
	}
	e := boot.Event{Kind: boot.EventFile, Level: level, Text: f.Request.Name, Detail: f.Detail, Transfer: &boot.Transfer{
		Protocol: boot.TFTP, Name: f.Request.Name, Remote: f.Request.Remote, Outcome: f.Words(), Good: f.Outcome.Good(),
		Size: f.Size, Bytes: f.Bytes, Duration: f.Duration, Unproved: !f.Proved, Class: className(f.Class),
		BlockSize: f.BlockSize, WindowSize: f.WindowSize, Retransmits: f.Retransmits, RTT: f.RTT,
	}}
	if n, err := boot.ParseName(f.Request.Name); err == nil && f.Outcome == tftpd.Refused && f.Code == tftpd.CodeNotFound && n.Optional() {
		e.Level, e.Detail, e.Transfer.Outcome, e.Transfer.Good = boot.LevelInfo, "", boot.NotThere, true
	}
	return e
}

// detail is for those who look for it.
func detail(text, more string, from netip.AddrPort) boot.Event {
	return boot.Event{Kind: boot.EventNetwork, Level: boot.LevelDebug, Text: text, Detail: more, Transfer: &boot.Transfer{Remote: from}}
}

func className(c tftpd.Class) string {
	if c == tftpd.Other {
		return ""
	}
	return c.String()
}
