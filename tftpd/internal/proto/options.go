// SPDX-License-Identifier: Apache-2.0

package proto

import "strconv"

// Block sizes, and the words of the option msftwindow.
const (
	DefaultBlock = 512 // RFC 1350
	MinBlock     = 8   // RFC 2348
	MaxBlock     = 65464

	msftAsk   = "31416" // what Windows boot managers ask with, and what they want to hear
	msftGrant = "27182"
)

// Bounds are what may be granted.
type Bounds struct {
	MinBlock, MaxBlock int
	Window             int   // the largest; 0 refuses the option
	WindowBytes        int   // as many blocks as fit, but one in any case; 0: no limit. For addresses that may be forged
	Size               int64 // of the content, or negative when there is none to tell
	MTU                int   // of the way to the client; 0: unknown
	IPv6               bool
}

// Grant is what client and server agree on.
type Grant struct {
	Block      int
	Window     int
	MaxWindow  int    // the largest that may be asked later; 0: the server's
	MSFTWindow bool   // ACKs of this client say how large the next window shall be
	Timeout    int64  // nanoseconds, as negotiated; 0: none
	Size       int64  // of an upload, as announced; -1: not
	OACK       []byte // the packet; nil: nothing was agreed, the transfer begins without
}

// overhead is what IP, UDP and TFTP put before a block.
func (b Bounds) overhead() int {
	if b.IPv6 {
		return 40 + 8 + 4
	}
	return 20 + 8 + 4
}

// Negotiate answers the asked options, in the order asked: EDK2 and PXELINUX give up on an option they did not ask for or a
// value above theirs, GRUB reads a leading zero as octal. What cannot be granted is left out, which RFC 2347 defines as "no".
func Negotiate(r *Request, b Bounds) Grant {
	g := Grant{Block: DefaultBlock, Window: 1, Size: -1}
	g.takeWindowBytes(r, &b)
	for _, o := range r.Options {
		if value, ok := g.take(r, o, b); ok {
			if g.OACK == nil {
				g.OACK = append(g.OACK, 0, OpOACK)
			}
			g.OACK = append(append(g.OACK, o.Name...), 0)
			g.OACK = append(append(g.OACK, value...), 0)
		}
	}
	return g
}

// takeWindowBytes turns the limit in bytes into one in blocks, unless all of the content fits. The size of a block may be asked after
// the window's.
func (g *Grant) takeWindowBytes(r *Request, b *Bounds) {
	if b.WindowBytes == 0 || r.Write {
		return
	}
	agreed := Grant{Block: DefaultBlock}
	for _, o := range r.Options {
		if o.Name == "blksize" {
			_, _ = agreed.take(r, o, *b)
		}
	}
	if most := max(1, b.WindowBytes/(agreed.Block+headerSize)); b.Size/int64(agreed.Block) >= int64(most) {
		b.Window = min(b.Window, most)
		g.MaxWindow = b.Window
	}
}

// take decides about one option and gives the value to answer.
func (g *Grant) take(r *Request, o Option, b Bounds) (string, bool) {
	n, err := strconv.ParseUint(o.Value, 10, 63)
	if err != nil {
		return "", false
	}
	switch o.Name {
	case "blksize":
		return g.takeBlock(n, b)
	case "windowsize":
		if n < 1 || n > 65535 || b.Window < 1 {
			return "", false
		}
		g.Window = min(int(n), b.Window)
		return strconv.Itoa(g.Window), true
	case "tsize":
		return g.takeSize(r, int64(n), b)
	case "timeout": // RFC 2349: exactly as asked or not at all
		return g.takeTimeout(o.Value, n, 1, 255, 1_000_000_000)
	case "utimeout": // tftp-hpa, in microseconds
		return g.takeTimeout(o.Value, n, 10_000, 255_000_000, 1_000)
	case "rollover":
		return "0", n == 0 && o.Value == "0"
	case "msftwindow":
		g.MSFTWindow = o.Value == msftAsk && !r.Write && b.Window > 0
		return msftGrant, g.MSFTWindow
	}
	return "", false
}

// takeBlock clamps to what is configured and to what passes in one piece: fragments confuse boot ROMs.
func (g *Grant) takeBlock(n uint64, b Bounds) (string, bool) {
	if n < uint64(max(MinBlock, b.MinBlock)) {
		return "", false
	}
	block := min(n, uint64(b.MaxBlock), MaxBlock)
	if b.MTU > b.overhead()+DefaultBlock {
		block = min(block, uint64(b.MTU-b.overhead()))
	}
	g.Block = int(block)
	return strconv.Itoa(g.Block), true
}

// takeSize tells the size of a download, or remembers what an upload announces. In netascii the size on the wire is not
// the size of the file, and clients disagree which is meant: it is left out.
func (g *Grant) takeSize(r *Request, n int64, b Bounds) (string, bool) {
	switch {
	case r.Mode != Octet:
		return "", false
	case r.Write:
		g.Size = n
		return strconv.FormatInt(n, 10), true
	default:
		return strconv.FormatInt(b.Size, 10), b.Size >= 0
	}
}

func (g *Grant) takeTimeout(value string, n, lo, hi uint64, unit int64) (string, bool) {
	if n < lo || n > hi || value != strconv.FormatUint(n, 10) {
		return "", false
	}
	g.Timeout = int64(n) * unit
	return value, true
}
