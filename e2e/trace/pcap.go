// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// A pcap file (libpcap's pcap-savefile(5)) of Ethernet frames, with nanoseconds.
const (
	pcapMicro, pcapNano = 0xa1b2c3d4, 0xa1b23c4d
	pcapEthernet        = 1
	pcapSnap            = 65535
)

// PCAP writes frames to a capture file that tcpdump and Wireshark read.
type PCAP struct {
	w    io.Writer
	snap int
}

// NewPCAP writes the file's header to w. Of each frame at most snap bytes are kept.
func NewPCAP(w io.Writer, snap int) (*PCAP, error) {
	head := make([]byte, 0, 24)
	head = binary.LittleEndian.AppendUint32(head, pcapNano)
	head = binary.LittleEndian.AppendUint16(head, 2)
	head = binary.LittleEndian.AppendUint16(head, 4)
	head = binary.LittleEndian.AppendUint64(head, 0)
	head = binary.LittleEndian.AppendUint32(head, pcapSnap)
	head = binary.LittleEndian.AppendUint32(head, pcapEthernet)
	_, err := w.Write(head)
	return &PCAP{w, snap}, err
}

// Frame writes one frame.
func (p *PCAP) Frame(at time.Time, raw []byte) error {
	kept := raw[:min(len(raw), p.snap)]
	rec := make([]byte, 0, 16+len(kept))
	rec = binary.LittleEndian.AppendUint32(rec, uint32(at.Unix()))
	rec = binary.LittleEndian.AppendUint32(rec, uint32(at.Nanosecond()))
	rec = binary.LittleEndian.AppendUint32(rec, uint32(len(kept)))
	rec = binary.LittleEndian.AppendUint32(rec, uint32(len(raw)))
	_, err := p.w.Write(append(rec, kept...))
	return err
}

// ErrPCAP says that a file is no capture that can be read here.
var ErrPCAP = errors.New("not an Ethernet capture in pcap form")

// ReadPCAP gives the frames of a capture file to add, one by one; a frame is valid until add returns.
func ReadPCAP(r io.Reader, add func(at time.Time, raw []byte)) error {
	var head [24]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return fmt.Errorf("%w: %w", ErrPCAP, err)
	}
	unit := time.Duration(1)
	switch binary.LittleEndian.Uint32(head[:]) {
	case pcapNano:
	case pcapMicro:
		unit = time.Microsecond
	default:
		return ErrPCAP
	}
	if binary.LittleEndian.Uint32(head[20:]) != pcapEthernet {
		return ErrPCAP
	}
	return readRecords(r, unit, add)
}

func readRecords(r io.Reader, unit time.Duration, add func(time.Time, []byte)) error {
	for {
		var rec [16]byte
		if _, err := io.ReadFull(r, rec[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("%w: %w", ErrPCAP, err)
		}
		n := binary.LittleEndian.Uint32(rec[8:])
		if n > pcapSnap {
			return ErrPCAP
		}
		raw := make([]byte, n)
		if _, err := io.ReadFull(r, raw); err != nil {
			return fmt.Errorf("%w: %w", ErrPCAP, err)
		}
		sec, sub := binary.LittleEndian.Uint32(rec[:]), binary.LittleEndian.Uint32(rec[4:])
		add(time.Unix(int64(sec), int64(time.Duration(sub)*unit)), raw)
	}
}
