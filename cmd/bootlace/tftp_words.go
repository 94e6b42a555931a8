// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"time"
)

// localError is an error on our side: trying again cannot help.
type localError struct{ error }

func (e localError) Unwrap() error { return e.error }

func local(err error) error {
	if err == nil {
		return nil
	}
	return localError{err}
}

// tftpError finds an ERROR of the server in the library's text, the only place it is told.
func tftpError(err error) (code, text string, ok bool) {
	m := regexp.MustCompile(`code[:=] ?(\d+), (?:message|error): (.*)`).FindStringSubmatch(err.Error())
	if m == nil {
		return "", "", false
	}
	return m[1], strings.TrimRight(m[2], "\x00"), true
}

// final says that the same attempt would end the same way.
func final(err error) bool {
	if err == nil {
		return true
	}
	code, _, ok := tftpError(err)
	var l localError
	return ok && code != "0" || errors.As(err, &l)
}

// explainTFTP says in words what went wrong, and sorts it into exit codes.
func explainTFTP(err error) error {
	if err == nil {
		return nil
	}
	var l localError
	if errors.As(err, &l) {
		return systemError(l.error)
	}
	if code, text, ok := tftpError(err); ok {
		words := map[string]string{
			"1": "the server has no such file", "2": "the server does not allow it", "3": "the server's disk or quota is full",
			"4": "the server does not do that", "6": "the server has that file already", "8": "the server refuses the options",
		}
		if w := words[code]; w != "" {
			return fmt.Errorf("%s (error %s: %s)", w, code, text)
		}
		return fmt.Errorf("the server says: %s (error %s)", text, code)
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() || strings.Contains(err.Error(), "timeout") {
		return errors.New("no answer: is a TFTP server running there, and does a firewall let UDP through (port 69 and, for the answers, high ports)?")
	}
	return err
}

// resumed passes on only what was not yet passed on: a second attempt repeats the file from its start.
type resumed struct {
	w    io.Writer
	sent int64 // passed on by all attempts
	at   int64 // received by this one
}

func (r *resumed) begin() { r.at = 0 }

func (r *resumed) Write(p []byte) (int, error) {
	fresh := p[min(max(r.sent-r.at, 0), int64(len(p))):]
	r.at += int64(len(p))
	if len(fresh) > 0 {
		n, err := r.w.Write(fresh)
		r.sent += int64(n)
		if err != nil {
			return 0, local(err)
		}
	}
	return len(p), nil
}

// stopping and stoppingReader end a transfer on Ctrl-C; the library knows no context.
type stopping struct {
	ctx context.Context
	w   io.Writer
}

func (s stopping) Write(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, local(err)
	}
	return s.w.Write(p)
}

type stoppingReader struct {
	ctx context.Context
	r   io.Reader
}

func (s stoppingReader) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, local(err)
	}
	return s.r.Read(p)
}

// progress shows one line that is rewritten, on a terminal only.
type progress struct {
	out   io.Writer
	name  string
	size  int64
	n     int64
	began time.Time
	shown time.Time
}

func newProgress(out io.Writer, quiet bool, name string, size int64) *progress {
	if _, ok := out.(*os.File); !ok || quiet || !isTerminal(out) {
		out = nil
	}
	return &progress{out: out, name: name, size: size, began: time.Now()}
}

func (p *progress) Write(b []byte) (int, error) {
	p.n += int64(len(b))
	if p.out != nil && time.Since(p.shown) > 100*time.Millisecond {
		p.show()
	}
	return len(b), nil
}

func (p *progress) show() {
	p.shown = time.Now()
	rate := float64(p.n) / 1e6 / max(time.Since(p.began).Seconds(), 1e-3)
	bar := ""
	if p.size > 0 {
		const width = 30
		full := int(p.n * width / p.size)
		bar = fmt.Sprintf(" [%s%s] %3d%%", strings.Repeat("=", min(full, width)), strings.Repeat(" ", max(width-full, 0)), p.n*100/p.size)
	}
	_, _ = fmt.Fprintf(p.out, "\r%s%s %.1f MB, %.1f MB/s ", p.name, bar, float64(p.n)/1e6, rate) // a lost line of progress is no loss
}

func (p *progress) done() {
	if p.out != nil {
		p.show()
		_, _ = fmt.Fprintln(p.out)
	}
}
