// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"strconv"
	"time"
)

const (
	defaultBlock = 512 // RFC 1350
	minBlock     = 8   // RFC 2348
	maxBlock     = 65464
	msftAsk      = "31416" // what Windows boot managers ask with, and what they want to hear
	msftGrant    = "27182"
)

// bounds are what may be granted.
type bounds struct {
	minBlock, maxBlock int
	window             int   // cap; 0 refuses the option
	size               int64 // of the content, or negative when there is none to tell
	mtu                int   // of the way to the client; 0: unknown
	v6                 bool
}

// grant is what client and server agree on.
type grant struct {
	block   int
	window  int
	msft    bool
	timeout time.Duration // as negotiated; 0: none
	size    int64         // of an upload, as announced; -1: not
	oack    []byte        // nil: nothing was agreed, the transfer begins without
}

// overhead is what IP, UDP and TFTP put before a block.
func (b bounds) overhead() int {
	if b.v6 {
		return 40 + 8 + 4
	}
	return 20 + 8 + 4
}

// negotiate answers the asked options, in the order asked: EDK2 and PXELINUX give up on an option they did not ask for or a
// value above theirs, GRUB reads a leading zero as octal. What cannot be granted is left out, which RFC 2347 defines as "no".
func negotiate(r *Request, b bounds) grant {
	g := grant{block: defaultBlock, window: 1, size: -1}
	for _, o := range r.Options {
		if value, ok := g.take(r, o, b); ok {
			if g.oack == nil {
				g.oack = append(g.oack, 0, opOACK)
			}
			g.oack = append(append(g.oack, o.Name...), 0)
			g.oack = append(append(g.oack, value...), 0)
		}
	}
	return g
}

// take decides about one option and gives the value to answer.
func (g *grant) take(r *Request, o Option, b bounds) (string, bool) {
	n, err := strconv.ParseUint(o.Value, 10, 63)
	if err != nil {
		return "", false
	}
	switch o.Name {
	case "blksize":
		return g.takeBlock(n, b)
	case "windowsize":
		if n < 1 || n > 65535 || b.window < 1 {
			return "", false
		}
		g.window = min(int(n), b.window)
		return strconv.Itoa(g.window), true
	case "tsize":
		return g.takeSize(r, int64(n), b)
	case "timeout": // RFC 2349: exactly as asked or not at all
		return g.takeTimeout(o.Value, n, 1, 255, time.Second)
	case "utimeout": // tftp-hpa, in microseconds
		return g.takeTimeout(o.Value, n, 10_000, 255_000_000, time.Microsecond)
	case "rollover":
		return "0", n == 0 && o.Value == "0"
	case "msftwindow":
		g.msft = o.Value == msftAsk && !r.Write && b.window > 0
		return msftGrant, g.msft
	}
	return "", false
}

// takeBlock clamps to what is configured and to what passes in one piece: fragments confuse boot ROMs.
func (g *grant) takeBlock(n uint64, b bounds) (string, bool) {
	if n < uint64(max(minBlock, b.minBlock)) {
		return "", false
	}
	block := min(n, uint64(b.maxBlock), maxBlock)
	if b.mtu > b.overhead()+defaultBlock {
		block = min(block, uint64(b.mtu-b.overhead()))
	}
	g.block = int(block)
	return strconv.Itoa(g.block), true
}

// takeSize tells the size of a download, or remembers what an upload announces. In netascii the size on the wire is not
// the size of the file, and clients disagree which is meant: it is left out.
func (g *grant) takeSize(r *Request, n int64, b bounds) (string, bool) {
	switch {
	case r.Mode != Octet:
		return "", false
	case r.Write:
		g.size = n
		return strconv.FormatInt(n, 10), true
	default:
		return strconv.FormatInt(b.size, 10), b.size >= 0
	}
}

func (g *grant) takeTimeout(value string, n, lo, hi uint64, unit time.Duration) (string, bool) {
	if n < lo || n > hi || value != strconv.FormatUint(n, 10) {
		return "", false
	}
	g.timeout = time.Duration(n) * unit
	return value, true
}
