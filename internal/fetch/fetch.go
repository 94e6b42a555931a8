// SPDX-License-Identifier: Apache-2.0

package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Place is where a download goes. What it holds is gone on with, by what was noted about it.
type Place interface {
	io.Writer
	io.Seeker
	Truncate(size int64) error
	Note() []byte // what SetNote was given last, perhaps by another process; nil: nothing
	SetNote(b []byte) error
}

// Fetcher downloads. The zero value is usable, and one may be used by many at once.
type Fetcher struct {
	// Strict refuses redirects from https to http: for what nothing else than its origin vouches for.
	Strict bool
	// Progress is told how much there is of a file, and how much there will be; negative: not known. It is called often, and by
	// several at once. May be nil.
	Progress func(url string, have, total int64)
	// Retry is told why something is tried again, and after how long. May be nil.
	Retry func(url string, err error, after time.Duration)

	// Patience is how long a server may say nothing; 0: 30 s. Tries is how often something is tried without any progress; 0: 5.
	Patience time.Duration
	Tries    int
	// Pause is how long the first wait before another try is, which doubles; 0: 1 s.
	Pause time.Duration
}

// StatusError is an answer of a server that is not what was asked for.
type StatusError struct {
	URL    string // without a password
	Status int
	after  time.Duration // how long it asks to be left alone
}

// Error gives both.
func (e *StatusError) Error() string {
	return fmt.Sprintf("%s: the server says %d %s", e.URL, e.Status, http.StatusText(e.Status))
}

// ErrTooBig is the error of what has more bytes than was asked for at most.
var ErrTooBig = errors.New("it is bigger than it may be")

// File downloads what is at a URL, at most max bytes, and gives how many there are. On error the place keeps what has come, to be
// gone on with. Where the file was replaced meanwhile it starts over.
func (f *Fetcher) File(ctx context.Context, address string, to Place, limit int64) (int64, error) {
	u, err := parse(address)
	if err != nil {
		return 0, err
	}
	d := &download{Fetcher: f, url: u, to: to, limit: limit}
	if err := d.resume(); err != nil {
		return 0, err
	}
	err = d.run(ctx)
	return d.have, err
}

// Bytes downloads something small.
func (f *Fetcher) Bytes(ctx context.Context, address string, limit int64) ([]byte, error) {
	var m memory
	if _, err := f.File(ctx, address, &m, limit); err != nil {
		return nil, err
	}
	return m.Bytes(), nil
}

// memory is a place for something small.
type memory struct {
	bytes.Buffer
	note []byte
}

func (m *memory) Note() []byte           { return m.note }
func (m *memory) SetNote(b []byte) error { m.note = b; return nil }
func (m *memory) Truncate(n int64) error { m.Buffer.Truncate(int(n)); return nil }

// Seek is only asked where the end is.
func (m *memory) Seek(off int64, whence int) (int64, error) {
	if whence == io.SeekStart && off != int64(m.Len()) {
		return 0, errors.ErrUnsupported
	}
	return int64(m.Len()), nil
}

// parse takes addresses that can be asked for, and no others: a redirect must not lead to a file of this host.
func parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the address cannot be read: expected http://… or https://…")
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("%s: expected http://… or https://…", u.Redacted())
	}
	return u, nil
}

// Redacted takes a password out of an address, for people to see.
func Redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "?"
	}
	return u.Redacted()
}
