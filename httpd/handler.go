// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Request is one question for a file.
type Request struct {
	Name   string         // the path as asked for, percent-decoded
	Local  netip.AddrPort // the address that was asked
	Remote netip.AddrPort
	Agent  string // User-Agent
}

// Opener finds files. An error that is fs.ErrNotExist, fs.ErrInvalid or fs.ErrPermission becomes 404, so that nobody
// learns what exists; any other becomes 500 without its text.
type Opener interface {
	Open(ctx context.Context, r Request) (boot.File, error)
}

// Record tells how one request ended.
type Record struct {
	Request
	Method   string
	Status   int
	Bytes    int64 // of the body, sent
	Size     int64 // of the file; -1 when there was none
	Duration time.Duration
	Err      error // what Open or the transfer said
}

// tree serves the files of an Opener.
type tree struct {
	open Opener
	hook func(Record)
}

func (t *tree) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	out := &counter{ResponseWriter: w, ctl: http.NewResponseController(w)}
	rec := Record{Request: request(r), Method: r.Method, Size: -1}
	rec.Err = t.serve(out, r, &rec)
	rec.Status, rec.Bytes, rec.Duration = out.status, out.bytes, time.Since(started)
	if rec.Err == nil {
		rec.Err = out.err
	}
	t.hook(rec)
}

func (t *tree) serve(w http.ResponseWriter, r *http.Request, rec *Record) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return nil
	}
	f, err := t.open.Open(r.Context(), rec.Request)
	if err != nil {
		refuse(w, err)
		return err
	}
	defer func() { _ = f.Close() }() // nothing was written through it
	rec.Size = f.Size()
	w.Header().Set("Content-Type", contentType(rec.Name))
	w.Header().Set("ETag", `"`+f.Version()+`"`)
	w.Header().Set("Cache-Control", "no-cache") // what a machine gets may change with the next reload
	http.ServeContent(w, r, "", f.ModTime(), io.NewSectionReader(f, 0, f.Size()))
	return nil
}

func refuse(w http.ResponseWriter, err error) {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) || errors.Is(err, fs.ErrPermission) {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	http.Error(w, "the file could not be made: the server's log says why", http.StatusInternalServerError)
}

func request(r *http.Request) Request {
	req := Request{Name: r.URL.Path, Agent: r.UserAgent()}
	req.Remote, _ = netip.ParseAddrPort(r.RemoteAddr) // net/http writes it itself
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok {
		req.Local = local.AddrPort()
	}
	return req
}
