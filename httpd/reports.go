// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// What a machine may report: the last part of an address /t/TOKEN/done.
const (
	ReportDone   = "done"
	ReportFailed = "failed"
	ReportLog    = "log"
)

// mostReport bounds what is read of a report, in bytes.
const mostReport = 64 << 10

// Report is what a machine says of itself by an address that it was given.
type Report struct {
	Token, Verb   string
	Text          string // that was posted, or of the query "why"; cut off where it is too long. It may be anything
	Local, Remote netip.AddrPort

	Plan boot.Plan // of the machine, filled in for the event
}

// Reporter takes reports. Status and text are the answer.
type Reporter interface {
	Report(ctx context.Context, r *Report) (status int, text string)
}

// reports serves a Reporter.
type reports struct {
	take   Reporter
	events func(boot.Event)
}

// tokenPath takes the address of a report apart.
func tokenPath(path string) (token, verb string, ok bool) {
	rest, ok := strings.CutPrefix("/"+strings.TrimLeft(path, "/"), "/t/")
	if !ok {
		return "", "", false
	}
	token, verb, _ = strings.Cut(rest, "/")
	return token, verb, verb == ReportDone || verb == ReportFailed || verb == ReportLog
}

// ofToken reports whether a name is one that only a machine with a token knows.
func ofToken(name string) bool { return strings.HasPrefix(strings.TrimLeft(name, "/"), "t/") }

func (s *reports) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	q := request(r)
	rep := Report{Local: q.Local, Remote: q.Remote}
	rep.Token, rep.Verb, _ = tokenPath(q.Name)
	w.Header().Set("Cache-Control", "no-store")
	status, text := http.StatusMethodNotAllowed, "method not allowed"
	switch r.Method {
	case http.MethodGet, http.MethodPost, http.MethodPut: // installers have what they have: wget, curl, Invoke-WebRequest
		rep.Text = said(r)
		status, text = s.take.Report(r.Context(), &rep)
	case http.MethodHead: // somebody looks whether the address is good; that is no report
		status, text = http.StatusOK, ""
	default:
		w.Header().Set("Allow", "GET, POST, PUT")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, err := io.WriteString(w, text+"\n")
	s.told(r, &rep, status, time.Since(started), err)
}

// said reads what is reported. One that breaks off in the middle has said that much.
func said(r *http.Request) string {
	b, _ := io.ReadAll(io.LimitReader(r.Body, mostReport)) // what has come counts
	if len(b) > 0 {
		return string(b)
	}
	query, _ := url.ParseQuery(r.URL.RawQuery) // what can be read of it counts
	return query.Get("why")
}

func (s *reports) told(r *http.Request, rep *Report, status int, took time.Duration, err error) {
	name := boot.Redact(rep.name())
	e := boot.Event{Time: time.Now().Add(-took), Kind: boot.EventFile, Level: level(status, err), Text: name}
	e.About(rep.Plan)
	e.Transfer = &boot.Transfer{
		Protocol: protocol(r), Name: name, Remote: rep.Remote, By: "token", Outcome: strings.ToLower(http.StatusText(status)), Good: status < 400,
		Size: -1, Bytes: int64(len(rep.Text)), Duration: took, Method: r.Method, Status: status, Agent: r.UserAgent(),
	}
	s.events(e)
}

func (r *Report) name() string { return "/t/" + r.Token + "/" + r.Verb }
