// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// scattered is a file that lies backwards in another one, in stretches of a length that divides nothing.
type scattered struct {
	disk    *os.File
	text    []byte
	stretch int64
	touched *atomic.Int64 // bytes that were read by us
	changed *atomic.Bool
}

func (s scattered) Size() int64        { return int64(len(s.text)) }
func (s scattered) ModTime() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
func (s scattered) Version() string    { return "sha256-1234" }
func (s scattered) Close() error       { return s.disk.Close() }

func (s scattered) ReadAt(p []byte, off int64) (int, error) {
	if s.changed.Load() {
		return 0, errors.New("the file was changed in place")
	}
	n, err := bytes.NewReader(s.text).ReadAt(p, off)
	s.touched.Add(int64(n))
	return n, err
}

func (s scattered) Piece(off int64) (*os.File, int64, int64) {
	i := off / s.stretch
	end := min((i+1)*s.stretch, s.Size())
	return s.disk, s.Size() - end + off - i*s.stretch, end - off
}

// scatter writes such a file.
func scatter(t *testing.T, size, stretch int64) func() scattered {
	t.Helper()
	text := make([]byte, size)
	rng := rand.NewChaCha8([32]byte{1})
	_, _ = rng.Read(text)
	s := scattered{text: text, stretch: stretch, touched: new(atomic.Int64), changed: new(atomic.Bool)}
	back := make([]byte, size)
	for off := int64(0); off < size; off += stretch {
		_, at, n := s.Piece(off)
		copy(back[at:at+n], text[off:])
	}
	path := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(path, back, 0o600); err != nil {
		t.Fatal(err)
	}
	return func() scattered {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		s.disk = f
		return s
	}
}

// listening serves files on loopback until the test ends.
func listening(t *testing.T, srv *Server, conf *tls.Config) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.ServeTLS(t.Context(), l, conf) }()
	t.Cleanup(func() { <-ended })
	return l.Addr().String()
}

// TestTheSystemSends: of a file on disk, in pieces or not, we touch only the end; every range of it is right, and If-Range too.
func TestTheSystemSends(t *testing.T) {
	const size = 3<<20 + 12345
	open := scatter(t, size, 700_001)
	addr := listening(t, &Server{Tree: opener(func(*Request) (boot.File, error) { return open(), nil })}, nil)
	for _, tt := range []struct {
		rng, ifRange string
		from, to     int64
		status       int
	}{
		{"", "", 0, size, 200},
		{"bytes=700000-700001", "", 700_000, 700_002, 206},
		{"bytes=100-2900000", "", 100, 2_900_001, 206},
		{"bytes=1500000-", `"sha256-1234"`, 1_500_000, size, 206},
		{"bytes=1500000-", `"sha256-other"`, 0, size, 200},
		{"bytes=-99999", "", size - 99_999, size, 206},
	} {
		s := open()
		_ = s.Close()
		s.touched.Store(0)
		req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://"+addr+"/image", nil)
		if tt.rng != "" {
			req.Header.Set("Range", tt.rng)
		}
		if tt.ifRange != "" {
			req.Header.Set("If-Range", tt.ifRange)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != tt.status || !bytes.Equal(got, s.text[tt.from:tt.to]) {
			t.Errorf("%q: %d, %d bytes, %v; want %d and bytes %d to %d", tt.rng, resp.StatusCode, len(got), err, tt.status, tt.from, tt.to)
		}
		if n := s.touched.Load(); n > worthIt {
			t.Errorf("%q: %d bytes went through our hands", tt.rng, n)
		}
	}
}

// TestChangedWhileSent: of a file that was changed in place meanwhile no client gets all bytes, and the event says that it broke off.
func TestChangedWhileSent(t *testing.T) {
	open := scatter(t, 1<<20, 1<<20)
	events := make(chan boot.Event, 1)
	srv := &Server{Events: func(e boot.Event) { events <- e }, Tree: opener(func(*Request) (boot.File, error) {
		s := open()
		s.changed.Store(true)
		return s, nil
	})}
	resp, err := http.Get("http://" + listening(t, srv, nil) + "/image")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("the client took %d bytes for all of it", len(got))
	}
	if x := (<-events).Transfer; x.Good || x.Outcome != "broken off" {
		t.Errorf("event %+v", x)
	}
}
