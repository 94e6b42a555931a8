// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Request is one question for a file. The Opener fills in what it finds out about who asks.
type Request struct {
	Name   string         // the path as asked for, percent-decoded
	Local  netip.AddrPort // the address that was asked
	Remote netip.AddrPort

	Plan boot.Plan // of the machine that asks, for the event
	By   string    // how the machine was recognised
	// Whole is called once the client has been sent the file from the first to the last byte; nil: nobody listens.
	Whole func()
}

// Opener finds files. An error that is fs.ErrNotExist, fs.ErrInvalid or fs.ErrPermission becomes 404, so that nobody
// learns what exists; any other becomes 500 without its text.
type Opener interface {
	Open(ctx context.Context, r *Request) (boot.File, error)
}

// tree serves the files of an Opener.
type tree struct {
	open   Opener
	rates  *rates
	spare  sync.Pool // of *[readAtOnce]byte
	events func(boot.Event)
}

func (t *tree) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	req, size := request(r), int64(-1)
	out := &counter{ResponseWriter: w, ctl: http.NewResponseController(w), secure: r.TLS != nil, pace: t.rates.of(r.Context(), req.Remote.Addr()), spare: &t.spare}
	defer out.pace.end()
	err := t.serve(out, r, &req, &size)
	if err == nil {
		err = out.err
	}
	shown := boot.Redact(req.Name)
	e := boot.Event{Time: started, Kind: boot.EventFile, Level: level(out.status, err), Text: shown}
	e.About(req.Plan)
	if err != nil {
		e.Detail = err.Error()
	}
	e.Transfer = &boot.Transfer{
		Protocol: protocol(r), Name: shown, Remote: req.Remote, By: req.By, Outcome: outcome(out), Good: out.status < 400 && err == nil,
		Size: size, Bytes: out.bytes, Duration: time.Since(started), Method: r.Method, Status: out.status, Agent: r.UserAgent(),
	}
	if n, bad := boot.ParseName(req.Name); bad == nil && out.status == http.StatusNotFound && n.Optional() {
		e.Level, e.Detail, e.Transfer.Outcome, e.Transfer.Good = boot.LevelInfo, "", boot.NotThere, true
	}
	if out.status == http.StatusOK && err == nil && size > 0 && out.bytes == size && req.Whole != nil {
		req.Whole()
	}
	t.events(e)
}

// protocol is by which a request came.
func protocol(r *http.Request) boot.Protocol {
	if r.TLS != nil {
		return boot.HTTPS
	}
	return boot.HTTP
}

// level is how loud a request is: a file that is missing may be a mistake in the configuration.
func level(status int, err error) boot.Level {
	switch {
	case status >= 500:
		return boot.LevelError
	case status >= 400 || err != nil:
		return boot.LevelWarn
	}
	return boot.LevelInfo
}

// outcome says how a request ended.
func outcome(c *counter) string {
	switch {
	case c.err != nil:
		return "broken off"
	case c.status < 400:
		return "complete"
	}
	return strings.ToLower(http.StatusText(c.status))
}

// serve answers a request. Proxmox' installer posts what it found out about the machine and takes the reply for its answer file, so a
// file is what is posted to it, too; nobody reads what that was.
func (t *tree) serve(w http.ResponseWriter, r *http.Request, req *Request, size *int64) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return nil
	}
	f, err := t.open.Open(r.Context(), req)
	if err != nil {
		if ofToken(req.Name) {
			w.Header().Set("Cache-Control", "no-store")
		}
		refuse(w, err)
		return err
	}
	defer func() { _ = f.Close() }() // nothing was written through it
	*size = f.Size()
	w.Header().Set("Content-Type", contentType(req.Name))
	w.Header().Set("ETag", `"`+f.Version()+`"`)
	w.Header().Set("Cache-Control", cacheControl(req.Name, f))
	http.ServeContent(w, r, "", f.ModTime(), &body{file: f})
	return nil
}

// cacheControl lets nobody keep what is for one machine alone; what a machine gets may change with the next reload.
func cacheControl(name string, f boot.File) string {
	if ofToken(name) || boot.HoldsOf(f) != 0 {
		return "no-store"
	}
	return "no-cache"
}

func refuse(w http.ResponseWriter, err error) {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) || errors.Is(err, fs.ErrPermission) {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	http.Error(w, "the file could not be made: the server's log says why", http.StatusInternalServerError)
}

func request(r *http.Request) Request {
	req := Request{Name: r.URL.Path}
	req.Remote, _ = netip.ParseAddrPort(r.RemoteAddr) // net/http writes it itself
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok {
		req.Local = local.AddrPort()
	}
	return req
}
