// SPDX-License-Identifier: Apache-2.0

package proto

// AppendNetascii translates text as RFC 764 puts it on the wire: LF becomes CR LF, a lone CR becomes CR NUL.
func AppendNetascii(dst, text []byte) []byte {
	for _, b := range text {
		switch b {
		case '\n':
			dst = append(dst, '\r', '\n')
		case '\r':
			dst = append(dst, '\r', 0)
		default:
			dst = append(dst, b)
		}
	}
	return dst
}

// NetasciiLen is the length of text on the wire.
func NetasciiLen(text []byte) int {
	n := len(text)
	for _, b := range text {
		if b == '\r' || b == '\n' {
			n++
		}
	}
	return n
}

// NetasciiDecoder turns netascii back: CR LF becomes LF, CR NUL becomes CR, across the borders of blocks. A CR before anything
// else is kept, and so is one at the very end, which [NetasciiDecoder.End] gives: RFC 764 allows neither, but clients that forget
// the NUL mean the CR.
type NetasciiDecoder struct{ cr bool }

// Append appends the text of p to dst.
func (d *NetasciiDecoder) Append(dst, p []byte) []byte {
	for _, b := range p {
		if d.cr {
			d.cr = false
			switch b {
			case '\n':
				dst = append(dst, '\n')
				continue
			case 0:
				dst = append(dst, '\r')
				continue
			}
			dst = append(dst, '\r')
		}
		if b == '\r' {
			d.cr = true
			continue
		}
		dst = append(dst, b)
	}
	return dst
}

// End appends what waited for another byte, when there is none any more.
func (d *NetasciiDecoder) End(dst []byte) []byte {
	if !d.cr {
		return dst
	}
	d.cr = false
	return append(dst, '\r')
}
