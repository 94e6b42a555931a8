// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// pcapSnap is how much of a frame a capture may hold, by its header.
const pcapSnap = 65535

// PCAP writes frames to a capture file that tcpdump and Wireshark read.
type PCAP struct {
	w    *pcapgo.Writer
	snap int
}

// NewPCAP writes the file's header to w. Of each frame at most snap bytes are kept.
func NewPCAP(w io.Writer, snap int) (*PCAP, error) {
	p := &PCAP{pcapgo.NewWriterNanos(w), snap}
	return p, p.w.WriteFileHeader(pcapSnap, layers.LinkTypeEthernet)
}

// Frame writes one frame.
func (p *PCAP) Frame(at time.Time, raw []byte) error {
	kept := raw[:min(len(raw), p.snap)]
	return p.w.WritePacket(gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(kept), Length: len(raw)}, kept)
}

// ErrPCAP says that a file is no capture that can be read here.
var ErrPCAP = errors.New("not an Ethernet capture in pcap form")

// ReadPCAP gives the frames of a capture file to add, one by one; a frame is valid until add returns.
func ReadPCAP(r io.Reader, add func(at time.Time, raw []byte)) error {
	in, err := pcapgo.NewReader(r)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPCAP, err)
	}
	if in.LinkType() != layers.LinkTypeEthernet {
		return ErrPCAP
	}
	for {
		raw, info, err := in.ReadPacketData()
		switch {
		case errors.Is(err, io.EOF) && info.Length == 0: // not behind the head of a frame
			return nil
		case err != nil:
			return fmt.Errorf("%w: %w", ErrPCAP, err)
		}
		add(info.Timestamp, raw)
	}
}
