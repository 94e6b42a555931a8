// SPDX-License-Identifier: Apache-2.0

package tftpd

// unascii turns netascii back: CR LF becomes LF, CR NUL becomes CR, across the borders of blocks. A CR before anything else
// is kept, as clients send it that forget the NUL.
type unascii struct{ cr bool }

func (u *unascii) append(dst, p []byte) []byte {
	for _, b := range p {
		if u.cr {
			u.cr = false
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
			u.cr = true
			continue
		}
		dst = append(dst, b)
	}
	return dst
}
