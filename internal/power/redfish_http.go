// SPDX-License-Identifier: Apache-2.0

package power

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Limits of one order, whatever a BMC answers.
const (
	mostBody     = 2 << 20 // bytes of one answer; systems with all their parts have 100 KiB
	mostRequests = 200
	mostHops     = 3
	dialTimeout  = 5 * time.Second
	// BMCs take seconds for a session, and some for everything while their host starts.
	answerTimeout = 20 * time.Second
)

// fencedClient talks to one BMC and to nobody else. No proxy of the environment gets to see passwords either.
func fencedClient(base *url.URL, ca []byte, insecure bool) (*http.Client, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: insecure} //nolint:gosec // said in words by insecure: true
	if ca != nil {
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(ca) {
			return nil, &Error{Fault: Misconfigured, What: "power.redfish.ca: there is no certificate in the file", Fix: "expected PEM (-----BEGIN CERTIFICATE-----)"}
		}
	}
	f := &fence{base: base, next: &http.Transport{
		TLSClientConfig: cfg, DialContext: (&net.Dialer{Timeout: dialTimeout}).DialContext, TLSHandshakeTimeout: answerTimeout,
		ResponseHeaderTimeout: answerTimeout, MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: 5 * time.Second, MaxConnsPerHost: 2,
	}}
	return &http.Client{Transport: f, CheckRedirect: f.redirect, Timeout: answerTimeout}, nil
}

// fence lets requests through to one place only. Where the next one goes is what the BMC says: in redirects, and in links, which
// are put together with its address, so that "@elsewhere.example" would be another host.
type fence struct {
	base  *url.URL
	next  *http.Transport
	count atomic.Int32
}

func (f *fence) home(u *url.URL) bool {
	return u.Scheme == f.base.Scheme && strings.EqualFold(u.Host, f.base.Host) && u.User == nil
}

func (f *fence) redirect(r *http.Request, via []*http.Request) error {
	if !f.home(r.URL) {
		return &Error{What: "it sends us elsewhere, to " + boot.Excerpt(r.URL.Host, 100) + ", and gets no password there", Fix: "does power.redfish.url name the BMC itself?"}
	}
	if len(via) > mostHops {
		return &Error{What: "it sends us in circles"}
	}
	return nil
}

// RoundTrip follows http.RoundTripper.
func (f *fence) RoundTrip(r *http.Request) (*http.Response, error) {
	if !f.home(r.URL) {
		return nil, &Error{What: "one of its links leads elsewhere, to " + boot.Excerpt(r.URL.Host, 100), Fix: "does power.redfish.url name the BMC itself?"}
	}
	if f.count.Add(1) > mostRequests {
		return nil, &Error{What: fmt.Sprintf("it wants more than %d requests", mostRequests)}
	}
	resp, err := f.next.RoundTrip(r)
	if err == nil {
		resp.Body = &bounded{resp.Body, mostBody}
	}
	return resp, err
}

// CloseIdleConnections is what http.Client looks for.
func (f *fence) CloseIdleConnections() { f.next.CloseIdleConnections() }

// bounded fails where a body does not end in time: half of one must not be taken for the whole.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, &Error{What: fmt.Sprintf("it answers with more than %d bytes", mostBody)}
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// explainTLS says what a certificate lacks.
func explainTLS(err error, r *boot.Redfish) error {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	at := " at " + r.Pos.String()
	switch {
	case errors.As(err, &unknown):
		return &Error{What: "its certificate is of nobody that is trusted", Fix: "name the certificate, or that of who signed it, as power.redfish.ca" + at}
	case errors.As(err, &name):
		return &Error{What: "its certificate is for another name: " + name.Error(), Fix: "use that name in power.redfish.url" + at}
	case errors.As(err, &invalid):
		return &Error{What: "its certificate is not valid: " + invalid.Error(), Fix: "renew it in the BMC, or look at both clocks"}
	case errors.As(err, &record):
		return &Error{What: "it does not speak TLS there", Fix: "is the port in power.redfish.url right?"}
	}
	return explain(err)
}
