// SPDX-License-Identifier: Apache-2.0

// Package mirror is a mirror of an installer for tests, on this host, signed as Debian signs its own.
package mirror

import (
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Where the files of Debian 12 are.
const (
	Dist   = "/debian/dists/bookworm/"
	Images = Dist + "main/installer-amd64/current/images/"
	Linux  = Images + "netboot/debian-installer/amd64/linux"
	Initrd = Images + "netboot/debian-installer/amd64/initrd.gz"
	Key    = "/key.asc"
)

// Mirror serves files, counts who asks, and may be told to misbehave.
type Mirror struct {
	URL    string
	Signer *Signer
	server *http.Server

	mu    sync.Mutex
	files map[string]string
	asked map[string]int
	more  func(w http.ResponseWriter, r *http.Request) bool
}

// New starts a mirror with the files of Debian's installer on a free port of the loopback. Close ends it.
func New(kernel, initrd []byte) (*Mirror, error) {
	signer, err := NewSigner("Debian Archive of a Test")
	if err != nil {
		return nil, err
	}
	m := &Mirror{Signer: signer, asked: make(map[string]int)}
	sums := fmt.Sprintf("%x  ./netboot/debian-installer/amd64/linux\n%x  ./netboot/debian-installer/amd64/initrd.gz\n", sha256.Sum256(kernel), sha256.Sum256(initrd))
	release := fmt.Sprintf("Origin: Debian\nSHA256:\n %x %d main/installer-amd64/current/images/SHA256SUMS\n", sha256.Sum256([]byte(sums)), len(sums))
	inline, err := signer.Inline(release)
	if err != nil {
		return nil, err
	}
	m.files = map[string]string{Dist + "InRelease": inline, Images + "SHA256SUMS": sums, Linux: string(kernel), Initrd: string(initrd), Key: signer.Public()}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m.URL = "http://" + l.Addr().String()
	m.server = &http.Server{Handler: m, ReadHeaderTimeout: time.Minute}
	go func() { _ = m.server.Serve(l) }() // until Close
	return m, nil
}

// Close ends it at once.
func (m *Mirror) Close() error { return m.server.Close() }

// Catalog is a file catalog.yaml that says to use this mirror for Debian, and whose key is right.
func (m *Mirror) Catalog() string {
	return fmt.Sprintf("images:\n  debian:\n    vars: {mirror: %q}\n    keys: {keyrings: [], url: [%q], fingerprints: [%q]}\n", m.URL+"/debian", m.URL+Key, m.Signer.Fingerprint())
}

// Put makes a file, in the place of one of its name; Get gives one; Drop takes one away.
func (m *Mirror) Put(path, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[path] = text
}

// Get gives a file.
func (m *Mirror) Get(path string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.files[path]
}

// Drop takes a file away.
func (m *Mirror) Drop(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, path)
}

// Asked says how often somebody asked for a file, or for all of them together for "".
func (m *Mirror) Asked(path string) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for p, times := range m.asked {
		if path == "" || p == path {
			n += times
		}
	}
	return n
}

// Misbehave lets a function answer, as long as it gives true; nil: nobody but the mirror does.
func (m *Mirror) Misbehave(f func(w http.ResponseWriter, r *http.Request) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.more = f
}

// ServeHTTP follows http.Handler.
func (m *Mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	m.asked[r.URL.Path]++
	text, ok := m.files[r.URL.Path]
	more := m.more
	m.mu.Unlock()
	switch {
	case more != nil && more(w, r):
	case !ok:
		http.NotFound(w, r)
	default:
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(text))))
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
	}
}
