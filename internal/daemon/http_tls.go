// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/httpd"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/reread"
	"github.com/bootlace-net/bootlace/internal/site"
)

// treeCertificate is by which machines know the tree over HTTPS.
type treeCertificate struct {
	files [2]string // of the certificate and its key
	pair  *reread.Files[*tls.Certificate]
}

// openTreeCertificate reads it for the first time. Later ones that are wrong are told of, and the one before stays in use.
func (d *daemon) openTreeCertificate(s *configs.Settings) (*treeCertificate, error) {
	c := &treeCertificate{}
	c.files[0], c.files[1] = site.Certificate(s)
	failed := func(err error) {
		d.recorder.Say(boot.LevelError, "http.tls: the certificate cannot be used: the one before stays in use", "error", err)
	}
	var err error
	c.pair, err = reread.Open(func() (*tls.Certificate, error) {
		p, err := c.read()
		if err == nil {
			d.doubt(p, s)
		}
		return p, err
	}, failed, c.files[:]...)
	return c, err
}

func (c *treeCertificate) read() (*tls.Certificate, error) {
	p, err := tls.LoadX509KeyPair(c.files[0], c.files[1])
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: bootlace api init --host ADDRESS makes one", err)
	case time.Now().After(p.Leaf.NotAfter):
		return nil, fmt.Errorf("%s: it expired on %s: bootlace api init --renew", c.files[0], p.Leaf.NotAfter.Format(time.DateOnly))
	}
	return &p, nil
}

// doubt tells why machines may not take a certificate. It is served in any case: there may be others.
func (d *daemon) doubt(p *tls.Certificate, s *configs.Settings) {
	for _, found := range site.Doubts(p.Leaf, s, d.addresses(s), time.Now()) {
		d.recorder.Say(boot.LevelWarn, found.What, "expected", found.Expected)
	}
}

// addresses are those that stand in URLs, unless the settings say others.
func (d *daemon) addresses(s *configs.Settings) (out []netip.Addr) {
	if len(s.Server.Addresses) > 0 {
		return nil
	}
	nics, _ := d.host.Serving() // there may be none yet: then nothing is known
	for _, n := range nics {
		for _, p := range n.Prefixes {
			if a := p.Addr(); a.Is4() { // machines ask IPv6 ones too, of which a network has more than a certificate names
				out = append(out, a)
			}
		}
	}
	return out
}

// listenHTTPS binds the same server's ports for TLS.
func (d *daemon) listenHTTPS(srv *httpd.Server) error {
	s := &d.site.Settings
	if len(s.HTTP.TLS.Listen) == 0 {
		return nil
	}
	c, err := d.openTreeCertificate(s)
	if err != nil {
		return &SystemError{What: "http.tls", Err: err}
	}
	d.treeCertificate = c
	conf := &tls.Config{
		MinVersion: tls.VersionTLS12, CipherSuites: suites(),
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.pair.Get(), nil },
	}
	for _, a := range slices.Compact(s.HTTP.TLS.Listen) {
		l, err := net.Listen("tcp", listenAddr(a))
		if err != nil {
			return &SystemError{What: "http.tls", Err: netif.ExplainListen(err, "http.tls.listen", "")}
		}
		d.started = append(d.started, "https "+l.Addr().String())
		d.tasks = append(d.tasks, job{"https", func(ctx context.Context) error { return srv.ServeTLS(ctx, l, conf) }})
	}
	return nil
}

// suites are those of TLS 1.2 that are safe, and the two by which firmware can be spoken to that knows no elliptic curves: EDK2 up to
// 2023 (in Debian 12's OVMF) offers no other that Go has. Who can do better does: they are taken last, and only with an RSA certificate.
// They keep no secret from who gets the server's key later, as plain HTTP does from nobody.
func suites() (ids []uint16) {
	for _, s := range tls.CipherSuites() {
		ids = append(ids, s.ID)
	}
	return append(ids, tls.TLS_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_RSA_WITH_AES_128_GCM_SHA256)
}

// mayServeHTTPS is part of becoming another user.
func (d *daemon) mayServeHTTPS(user string) error {
	if d.treeCertificate == nil {
		return nil
	}
	if _, err := d.treeCertificate.read(); err != nil {
		return &SystemError{What: "http.tls", Err: err, Fix: fmt.Sprintf("user %s must be able to read it: chown, or set server.user", user)}
	}
	return nil
}
