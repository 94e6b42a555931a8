// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"errors"
	"io"
	"sort"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// netascii is a content as RFC 764 puts it on the wire. It is translated while
// it is read; an index made when it is opened finds the place for an offset, so that blocks can be repeated and the size
// is exact.
type netascii struct {
	Content
	size int64
	wire []int64 // offset on the wire where stretch i of the content begins
}

const stretch = 64 << 10 // bytes of content between two entries of the index

// newNetascii reads c once to make the index. It closes c when that fails.
func newNetascii(c Content) (Content, error) {
	n := &netascii{Content: c}
	buf := make([]byte, stretch)
	for off := int64(0); off < c.Size(); off += stretch {
		n.wire = append(n.wire, n.size)
		p, err := n.source(buf, off)
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
		n.size += int64(proto.NetasciiLen(p))
	}
	if v, ok := c.(interface{ Version() string }); ok && v.Version() != "" {
		return &versionedNetascii{n, "netascii " + v.Version()}, nil
	}
	return n, nil
}

type versionedNetascii struct {
	*netascii
	version string
}

// Version names these bytes apart from the untranslated ones.
func (v *versionedNetascii) Version() string { return v.version }

// source reads the stretch at off.
func (n *netascii) source(buf []byte, off int64) ([]byte, error) {
	buf = buf[:min(stretch, n.Content.Size()-off)]
	got, err := n.Content.ReadAt(buf, off)
	if got == len(buf) {
		return buf, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = errShort
	}
	return nil, err
}

// Size is the size on the wire.
func (n *netascii) Size() int64 { return n.size }

// ReadAt translates the stretches p covers.
func (n *netascii) ReadAt(p []byte, off int64) (int, error) {
	if off >= n.size {
		return 0, io.EOF
	}
	done, buf, wire := 0, make([]byte, stretch), make([]byte, 0, 2*stretch)
	for i := sort.Search(len(n.wire), func(i int) bool { return n.wire[i] > off }) - 1; i < len(n.wire) && done < len(p); i++ {
		src, err := n.source(buf, int64(i)*stretch)
		if err != nil {
			return done, err
		}
		wire = proto.AppendNetascii(wire[:0], src)
		done += copy(p[done:], wire[off+int64(done)-n.wire[i]:])
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}
