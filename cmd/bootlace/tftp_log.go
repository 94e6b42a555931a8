// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"

	"github.com/rs/zerolog"

	"github.com/bootlace-net/bootlace/tftpd"
)

// tftpLog writes what a plain TFTP server does: one line per request, and what goes wrong.
type tftpLog struct{ log zerolog.Logger }

func (l tftpLog) event(event tftpd.Event) {
	switch e := event.(type) {
	case tftpd.Finished:
		l.finished(&e)
	case tftpd.Refusals:
		l.log.Debug().Stringer("client", e.Latest).Stringer("reason", e.Reason).Int64("so_far", e.Total).Msg("not answered")
	case tftpd.SendFailures:
		l.log.Debug().Err(e.Err).Int64("so_far", e.Total).Msg("could not send")
	case tftpd.TooManyBlocks:
		l.log.Warn().Stringer("client", e.Request.Remote).Str("name", shown(e.Request.Name)).Stringer("class", e.Class).
			Int64("size", e.Size).Int64("limit", e.Limit).Msg("file has more than 65535 blocks: older versions of this client cannot load it")
	case tftpd.UploadLeft:
		l.log.Warn().Err(e.Err).Msg("an unfinished upload could not be removed")
	}
}

func (l tftpLog) finished(f *tftpd.Finished) {
	e := l.log.Info()
	if !f.Outcome.Good() && f.Outcome != tftpd.Refused {
		e = l.log.Warn()
	}
	e = e.Stringer("client", f.Request.Remote).Str("name", shown(f.Request.Name)).Str("outcome", f.Words())
	if f.Detail != "" {
		e = e.Str("detail", f.Detail)
	}
	if f.Outcome != tftpd.Refused {
		e = e.Int64("bytes", f.Bytes).Dur("duration", f.Duration).Int("blksize", f.BlockSize).
			Int("windowsize", f.WindowSize).Int64("retransmits", f.Retransmits).Dur("rtt", f.RTT)
	}
	if f.Class != tftpd.Other {
		e = e.Stringer("class", f.Class)
	}
	e.Msg("tftp")
}

// shown drops what is not printable ASCII: a name comes from the network and goes to a terminal.
func shown(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, name)
}
