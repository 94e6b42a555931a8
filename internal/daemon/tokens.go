// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/httpd"
	"github.com/bootlace-net/bootlace/internal/machines/life"
	"github.com/bootlace-net/bootlace/internal/machines/lives"
)

// byToken is how a machine was recognised that asks by a token.
const byToken = "token"

// tokenDoor is for addresses that a machine was given in its script: /t/TOKEN/done, failed, log and file/NAME.
type tokenDoor struct {
	*door
	lives *lives.Lives
}

// tokenFile takes the name of a file by a token apart.
func tokenFile(name string) (token, file string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(name, "/"), "t/")
	if !ok {
		return "", "", false
	}
	token, file, _ = strings.Cut(rest, "/")
	file, ok = strings.CutPrefix(file, "file/")
	return token, file, ok
}

// open finds a file of the machine that a token was given to.
func (d *tokenDoor) open(ctx context.Context, token string, q question) (boot.File, asker, error) {
	site := d.current()
	a := asker{by: byToken}
	if !d.admission.admits(q.local, q.remote) {
		return nil, a, errors.Join(fs.ErrPermission, errNotServed)
	}
	b, err := d.lives.Bearer(token, life.ScopeFiles, q.remote)
	if err != nil {
		return nil, a, errors.Join(fs.ErrPermission, err)
	}
	name, err := site.Name(q.protocol, q.asked)
	if err != nil {
		return nil, a, err
	}
	c := d.machine(b.Machine.Plan.Client.MAC)
	c.Addr = q.remote.Unmap()
	a.plan = site.Plan(c)
	a.name = name.For(c.MAC)
	v := boot.Visit{Name: a.name, Protocol: q.protocol, Client: a.plan.Client, Server: d.here(q), ByToken: true}
	f, err := d.file(ctx, site, &v, &a, b.Claim)
	return f, a, err
}

// Report follows httpd.Reporter. An installer that is told of trouble may ask again: what was stored is only answered again.
func (d *tokenDoor) Report(ctx context.Context, r *httpd.Report) (status int, text string) {
	if !d.admission.admits(r.Local.Addr(), r.Remote.Addr()) {
		return http.StatusNotFound, "not found"
	}
	scope := life.ScopeDone
	if r.Verb == httpd.ReportLog {
		scope = life.ScopeReport
	}
	b, err := d.lives.Bearer(r.Token, scope, r.Remote.Addr())
	switch {
	case errors.Is(err, lives.ErrTooMany):
		return http.StatusTooManyRequests, "too many"
	case errors.Is(err, lives.ErrAddress):
		d.events(elsewhere(b.Machine.Plan, r))
		return http.StatusNotFound, "not found"
	case err != nil:
		return http.StatusNotFound, "not found"
	}
	r.Plan = b.Machine.Plan
	if r.Verb == httpd.ReportLog {
		d.lives.Note(b.Machine, life.Event{Kind: life.Logged, Claim: b.Claim})
		d.logged(b.Machine.Plan, r.Text)
		return http.StatusOK, "noted"
	}
	return d.ended(ctx, b, r)
}

// ended is a call that says how an installation ended.
func (d *tokenDoor) ended(ctx context.Context, b lives.Bearer, r *httpd.Report) (status int, text string) {
	ev := life.Event{Kind: life.Reported}
	if r.Verb == httpd.ReportFailed {
		ev = life.Event{Kind: life.Complained, Text: reason(r.Text)}
		d.logged(b.Machine.Plan, r.Text)
	}
	o, err := d.lives.Report(ctx, b, ev)
	switch {
	case err != nil:
		return http.StatusServiceUnavailable, "not stored: ask again"
	case o.Already:
		return http.StatusOK, "already"
	case o.Refused:
		return http.StatusConflict, "too late"
	}
	return http.StatusOK, r.Verb
}

// Bounds of what installers say.
const (
	mostOfReason = 200 // characters
	mostOfLine   = 400
	mostLines    = 8 // the last ones
)

// logged puts what an installer says into the machine's story: the last lines of it.
func (d *tokenDoor) logged(p boot.Plan, text string) {
	lines := linesOf(text)
	left := max(0, len(lines)-mostLines)
	for i, line := range lines[left:] {
		e := boot.Event{Kind: boot.EventLog, Level: boot.LevelInfo, Text: "installer: " + boot.Excerpt(line, mostOfLine),
			Log: &boot.LogLine{Form: "http", Program: "installer"}}
		if i == 0 && left > 0 {
			e.Detail = fmt.Sprintf("%d lines before it were left out", left)
		}
		e.About(p)
		d.events(e)
	}
}

// linesOf gives the lines that have something in them.
func linesOf(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// reason is the last thing that an installer said before it failed.
func reason(text string) string {
	lines := linesOf(text)
	if len(lines) == 0 {
		return "it did not say why"
	}
	return boot.Excerpt(lines[len(lines)-1], mostOfReason)
}

// elsewhere tells of a token that somebody else uses, or the machine by an address that nobody saw it take.
func elsewhere(p boot.Plan, r *httpd.Report) boot.Event {
	e := boot.Event{Kind: boot.EventNotice, Level: boot.LevelWarn, Once: toldOfStrangers,
		Text: "a token for " + r.Verb + " was used from " + r.Remote.Addr().Unmap().String() + ", which this machine was not seen to have: not believed"}
	e.About(p)
	return e
}
