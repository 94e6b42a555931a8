// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/pin/tftp/v3"
)

// fetch loads a name or a URL.
func (s *session) fetch(host netip.Addr, file string) ([]byte, error) {
	if u, err := url.Parse(file); err == nil && u.Host != "" {
		switch u.Scheme {
		case "http", "https":
			return s.fetchHTTP(file)
		case "tftp":
			return s.fetchTFTP(withPort(u.Host), strings.TrimPrefix(u.Path, "/"))
		default:
			return nil, &ErrNoBoot{"unknown scheme", "the client cannot load " + file}
		}
	}
	return s.fetchTFTP(net.JoinHostPort(host.String(), "69"), file)
}

func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), "69")
}

// Bounds of what is loaded: larger files than any boot program has are not needed to say that they can be had.
const (
	mostBytes  = 64 << 20
	fetchTries = 2
	fetchWait  = 2 * time.Second
)

func (s *session) fetchTFTP(host, name string) ([]byte, error) {
	began := time.Now()
	c, err := tftp.NewClient(host)
	if err != nil {
		return nil, &ErrNoBoot{"PXE-E18", err.Error()}
	}
	c.SetTimeout(fetchWait)
	c.SetRetries(fetchTries)
	c.SetBlockSize(1428)
	from, err := c.Receive(name, "octet")
	if err != nil {
		return nil, s.tftpError(host, name, err)
	}
	var body limited
	if _, err := from.WriteTo(&body); err != nil && !errors.Is(err, errEnough) {
		return nil, s.tftpError(host, name, err)
	}
	s.say("%s: %d bytes by TFTP in %s", name, body.Len(), time.Since(began).Round(time.Millisecond))
	return body.Bytes(), nil
}

// errEnough ends a transfer of more than mostBytes.
var errEnough = errors.New("enough was loaded")

// limited is a buffer with an end.
type limited struct{ bytes.Buffer }

func (l *limited) Write(b []byte) (int, error) {
	if l.Len()+len(b) > mostBytes {
		return 0, errEnough
	}
	return l.Buffer.Write(b)
}

// tftpError puts an error into the code that the client would print.
func (s *session) tftpError(host, name string, err error) error {
	var timeout net.Error
	timedOut := errors.As(err, &timeout) && timeout.Timeout()
	text := fmt.Sprintf("TFTP server %s, file %s: %v", host, name, err)
	switch {
	case s.kind.ipxe:
		return &ErrNoBoot{"iPXE error", text}
	case s.kind.name == "bios" && timedOut:
		return &ErrNoBoot{"PXE-E32", "TFTP open timeout. " + text + ". Does a firewall let UDP from other ports than 69 through?"}
	case s.kind.name == "bios":
		return &ErrNoBoot{"PXE-T01/PXE-E3B", text}
	case timedOut:
		return &ErrNoBoot{"PXE-E18", "the TFTP server does not answer. " + text + ". Does a firewall let UDP from other ports than 69 through?"}
	default:
		return &ErrNoBoot{"PXE-E23", "the TFTP server refuses. " + text}
	}
}

// fetchHTTP asks HEAD, as UEFI does for the size, then GET.
func (s *session) fetchHTTP(file string) ([]byte, error) {
	head, err := s.http(http.MethodHead, file)
	if err != nil {
		return nil, err
	}
	_ = head.Body.Close() // empty
	if head.ContentLength < 0 {
		s.note("HEAD of %s gives no Content-Length: UEFI firmware needs one", file)
	}
	began := time.Now()
	res, err := s.http(http.MethodGet, file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	body, err := io.ReadAll(io.LimitReader(res.Body, mostBytes))
	if err != nil {
		return nil, &ErrNoBoot{"HTTP error", err.Error()}
	}
	s.say("%s: %d bytes by HTTP in %s, %s", file, len(body), time.Since(began).Round(time.Millisecond), res.Header.Get("Content-Type"))
	return body, nil
}

func (s *session) http(method, file string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(s.ctx, method, file, nil)
	if err != nil {
		return nil, &ErrNoBoot{"HTTP error", err.Error()}
	}
	req.Header.Set("User-Agent", "bootlace-probe")
	res, err := (&http.Client{Timeout: 60 * time.Second}).Do(req)
	if err != nil {
		return nil, &ErrNoBoot{"HTTP error", err.Error()}
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close() // not of interest
		return nil, &ErrNoBoot{"HTTP error", fmt.Sprintf("%s %s: %s", method, file, res.Status)}
	}
	return res, nil
}
