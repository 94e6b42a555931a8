// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"github.com/rs/zerolog"

	"github.com/bootlace-net/bootlace/tftpd"
)

// tftp tells what the TFTP engine says.
func (s *story) tftp(event tftpd.Event) {
	switch e := event.(type) {
	case tftpd.Finished:
		s.transfer(&e)
	case tftpd.Refusals:
		s.log.Debug().Stringer("client", e.Latest).Stringer("reason", e.Reason).Int64("so_far", e.Total).Msg("not answered")
	case tftpd.SendFailures:
		s.log.Debug().Err(e.Err).Int64("so_far", e.Total).Msg("could not send")
	case tftpd.TooManyBlocks:
		s.log.Warn().Stringer("client", e.Request.Remote).Str("name", printable(e.Request.Name)).Stringer("class", e.Class).
			Int64("size", e.Size).Int64("limit", e.Limit).Msg("file has more than 65535 blocks: older versions of this client cannot load it")
	case tftpd.UploadLeft:
		s.log.Warn().Err(e.Err).Msg("an unfinished upload could not be removed")
	}
}

// transfer tells how a request ended. Who asked was found out when it was opened; requests that the engine refuses by itself
// say nothing about it.
func (s *story) transfer(f *tftpd.Finished) {
	level := zerolog.InfoLevel
	if !f.Outcome.Good() {
		level = zerolog.WarnLevel
	}
	asker, ok := f.Request.Label.(answer)
	if !ok {
		asker = s.tree.asker(f.Request.Name, f.Request.Remote.Addr())
	}
	e := s.machine(s.log.WithLevel(level), asker, f.Request.Remote.Addr()).Str("step", "tftp").Str("outcome", f.Words())
	if f.Detail != "" {
		e = e.Str("detail", f.Detail)
	}
	if f.BlockSize > 0 {
		e = e.Int64("bytes", f.Bytes).Int("blksize", f.BlockSize).Int("windowsize", f.WindowSize).
			Int64("retransmits", f.Retransmits).Stringer("rtt", short(f.RTT)).Stringer("took", short(f.Duration))
	}
	e.Msg(printable(f.Request.Name))
}
