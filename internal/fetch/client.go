// SPDX-License-Identifier: Apache-2.0

package fetch

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

const (
	maxRedirects = 10
	dialFor      = 15 * time.Second
)

// client makes requests as the environment says (HTTP_PROXY, HTTPS_PROXY, NO_PROXY). Nothing is decompressed: what comes has the
// size that the server says, and the digest of what its makers signed.
func (f *Fetcher) client() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: dialFor}).DialContext,
			TLSHandshakeTimeout:   dialFor,
			ResponseHeaderTimeout: f.patience(),
			DisableCompression:    true,
			ForceAttemptHTTP2:     true,
			MaxIdleConnsPerHost:   1,
			IdleConnTimeout:       dialFor,
		},
		CheckRedirect: f.redirect,
	}
}

// errRedirect is the error of a redirect that is not followed, and of no use to try again.
var errRedirect = errors.New("the redirect is not followed")

// redirect follows where there is something to be had, and not out of TLS where nothing else vouches for the bytes.
func (f *Fetcher) redirect(req *http.Request, via []*http.Request) error {
	switch {
	case len(via) >= maxRedirects:
		return fmt.Errorf("%w: it is number %d", errRedirect, len(via))
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return fmt.Errorf("%w: it leads to a %s address", errRedirect, req.URL.Scheme)
	case f.Strict && req.URL.Scheme == "http" && via[0].URL.Scheme == "https":
		return fmt.Errorf("%w: it leads from https to %s, and nothing else says whose bytes these are", errRedirect, req.URL.Redacted())
	}
	return nil
}

func (f *Fetcher) patience() time.Duration {
	if f.Patience == 0 {
		return 30 * time.Second
	}
	return f.Patience
}
