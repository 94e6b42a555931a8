// SPDX-License-Identifier: Apache-2.0

package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// download is one file on its way.
type download struct {
	*Fetcher
	url   *url.URL
	to    Place
	limit int64
	have  int64
	note  note
}

// finalError is one that another try would not change.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

// ask makes one request, and takes what comes.
func (d *download) ask(ctx context.Context, c *http.Client) error {
	ctx, watch, stop := d.watched(ctx)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url.String(), nil)
	if err != nil {
		return finalError{err}
	}
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", "bootlace")
	if d.have > 0 && d.note.validator() == "" {
		if err := d.over(); err != nil {
			return finalError{err}
		}
	}
	if d.have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", d.have))
		req.Header.Set("If-Range", d.note.validator())
	}
	r, err := c.Do(req)
	if err != nil {
		return transportError(ctx, err)
	}
	defer func() { _ = r.Body.Close() }() // only read
	more, err := d.begin(r)
	if err != nil || !more {
		return err
	}
	return d.take(ctx, r.Body, watch)
}

// transportError tells why there is no answer, without the address, which whoever asks knows.
func transportError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	var certificate *tls.CertificateVerificationError
	var name *net.DNSError
	if errors.Is(err, errRedirect) || errors.As(err, &certificate) || errors.As(err, &name) && name.IsNotFound {
		return finalError{err}
	}
	return err
}

// begin looks at the head of an answer: whether there is something to take, from where on.
func (d *download) begin(r *http.Response) (more bool, err error) {
	if enc := r.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return false, finalError{fmt.Errorf("the server sends it compressed (%s), which it was asked not to do", clip(enc))}
	}
	switch r.StatusCode {
	case http.StatusOK:
		if err := d.over(); err != nil {
			return false, finalError{err}
		}
		if r.ContentLength > d.limit {
			return false, finalError{fmt.Errorf("%w: %d bytes, and %d at most", ErrTooBig, r.ContentLength, d.limit)}
		}
		if err := d.keep(noteOf(d.url, r)); err != nil {
			return false, finalError{err}
		}
		return true, nil
	case http.StatusPartialContent:
		return true, d.goOn(r)
	case http.StatusRequestedRangeNotSatisfiable:
		if d.have > 0 && d.note.Size == d.have {
			return false, nil // it is all there
		}
		return false, errors.Join(errors.New("the server has less of it than there is here: it starts over"), d.over())
	}
	return false, statusError(d.url, r)
}

// goOn checks that what comes is the rest of what is there.
func (d *download) goOn(r *http.Response) error {
	from, total, ok := contentRange(r.Header.Get("Content-Range"))
	if !ok || d.have == 0 || from != d.have || d.note.Size >= 0 && total >= 0 && total != d.note.Size {
		return errors.Join(fmt.Errorf("the server sends another part than was asked for (%s): it starts over", clip(r.Header.Get("Content-Range"))), d.over())
	}
	_, err := d.to.Seek(d.have, io.SeekStart)
	return err
}

// contentRange reads "bytes 5-9/10" (RFC 9110 section 14.4); the total is negative for *.
func contentRange(s string) (from, total int64, ok bool) {
	s, ok = strings.CutPrefix(s, "bytes ")
	span, of, cut := strings.Cut(s, "/")
	first, _, dash := strings.Cut(span, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	if !ok || !cut || !dash || err != nil {
		return 0, 0, false
	}
	if of == "*" {
		return from, -1, true
	}
	total, err = strconv.ParseInt(of, 10, 64)
	return from, total, err == nil
}

// take reads a body to its end.
func (d *download) take(ctx context.Context, body io.Reader, watch func()) error {
	buf := make([]byte, 256<<10)
	for {
		n, err := body.Read(buf)
		watch()
		if d.have+int64(n) > d.limit {
			return finalError{fmt.Errorf("%w: more than %d bytes", ErrTooBig, d.limit)}
		}
		if n > 0 {
			if _, werr := d.to.Write(buf[:n]); werr != nil {
				return finalError{werr}
			}
			d.have += int64(n)
			if d.Progress != nil {
				d.Progress(d.url.Redacted(), d.have, d.note.Size)
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return d.complete()
		case err != nil:
			return transportError(ctx, err)
		}
	}
}

// complete reports a body that ended early.
func (d *download) complete() error {
	if d.note.Size >= 0 && d.have != d.note.Size {
		return fmt.Errorf("it ended after %d of %d bytes", d.have, d.note.Size)
	}
	return nil
}

func statusError(u *url.URL, r *http.Response) error {
	e := &StatusError{URL: u.Redacted(), Status: r.StatusCode}
	if r.StatusCode < 500 && r.StatusCode != http.StatusTooManyRequests && r.StatusCode != http.StatusRequestTimeout {
		return finalError{e}
	}
	if s, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil && s > 0 {
		e.after = time.Duration(min(s, 60)) * time.Second
	}
	return e
}

func clip(s string) string {
	if len(s) > 60 {
		s = s[:60] + "…"
	}
	return strconv.Quote(s)
}
