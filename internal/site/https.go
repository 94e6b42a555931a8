// SPDX-License-Identifier: Apache-2.0

package site

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/netip"
	"path/filepath"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// expiresSoon is how long before its end check warns of a certificate: one that is renewed by a program is new by then.
const expiresSoon = 14 * 24 * time.Hour

// Certificate names the files of the certificate by which the tree is served over HTTPS, and of its key.
func Certificate(s *configs.Settings) (certificate, key string) {
	if s.HTTP.TLS.Certificate == "" {
		return filepath.Join(s.Server.State, "api.crt"), filepath.Join(s.Server.State, "api.key") // as package certs names them
	}
	return s.HTTP.TLS.Certificate, s.HTTP.TLS.Key
}

// https says which of a machine's addresses are https:// ones, and why the others are not; "" where nothing is served so.
func (s *Site) https(p *boot.Plan) (says Reason) {
	if s.Endpoint().TLS == 0 {
		return Reason{}
	}
	t, by, at := p.Trust()
	switch {
	case by == "":
		return Reason{What: "http, for nobody says that this machine knows the authority of http.tls.certificate: firmware: {https: firmware} would"}
	case t == boot.TrustNone:
		return Reason{by + ": https: none: http", at.String()}
	case t == boot.TrustFirmware:
		return Reason{by + ": https: firmware: the firmware's HTTP Boot is offered https://, what it starts goes on by http", at.String()}
	case t == boot.TrustLoader:
		return Reason{by + ": https: loader: firmware and loader get https://, installers and systems http", at.String()}
	}
	return Reason{by + ": https: system: all that this machine runs gets https://", at.String()}
}

// https looks at the certificate that machines are to be shown.
func (c *checker) https(s *Site) {
	if s.Endpoint().TLS == 0 {
		return
	}
	file, key := Certificate(&s.Settings)
	told := boot.Problem{Pos: boot.Pos{File: file}, What: "http.tls: machines cannot be shown this certificate"}
	for _, path := range []string{file, key} {
		if b := c.who.without(path, mayRead); b != nil {
			c.add(told, b)
			return
		}
	}
	pair, err := tls.LoadX509KeyPair(file, key)
	if err != nil {
		told.Expected = err.Error() + ": bootlace api init --host ADDRESS makes one"
		c.problems = append(c.problems, told)
		return
	}
	for _, p := range Doubts(pair.Leaf, &s.Settings, nil, time.Now()) {
		p.Pos = told.Pos
		c.problems = append(c.problems, p)
	}
}

// Doubts says why a machine may not take a certificate, whatever its authority. addresses are those of this server that are known beside
// the ones that the settings name.
func Doubts(c *x509.Certificate, s *configs.Settings, addresses []netip.Addr, now time.Time) (found []boot.Problem) {
	const renew = "expected a newer one: bootlace api init --renew, or what made this one"
	switch {
	case now.After(c.NotAfter):
		found = append(found, boot.Problem{What: "http.tls: the certificate expired on " + c.NotAfter.Format(time.DateOnly), Expected: renew})
	case now.Before(c.NotBefore):
		found = append(found, boot.Problem{What: "http.tls: the certificate is valid from " + c.NotBefore.Format(time.DateTime), Expected: "expected one that is valid now"})
	case c.NotAfter.Sub(now) < expiresSoon:
		found = append(found, boot.Problem{Warning: true, What: "http.tls: the certificate expires on " + c.NotAfter.Format(time.DateOnly), Expected: renew})
	}
	for _, host := range asked(s, addresses) {
		if err := c.VerifyHostname(host); err != nil {
			found = append(found, boot.Problem{What: "http.tls: the certificate is not for " + host + ", which stands in https:// addresses",
				Expected: "expected one that names it, or http.tls.name: " + forWhom(c)})
		}
	}
	if s.HTTP.TLS.Name == "" && len(c.IPAddresses) == 0 {
		found = append(found, boot.Problem{What: "http.tls: the certificate is for no address, and https:// addresses have that of this server",
			Expected: "expected http.tls.name, or a certificate for the address: " + forWhom(c)})
	}
	return found
}

// asked is what machines find in URLs, as far as it is known.
func asked(s *configs.Settings, addresses []netip.Addr) (hosts []string) {
	if s.HTTP.TLS.Name != "" {
		return []string{s.HTTP.TLS.Name}
	}
	seen := make(map[netip.Addr]bool)
	all := append(append([]netip.Addr{}, s.Server.Addresses...), addresses...)
	for _, l := range s.HTTP.TLS.Listen {
		all = append(all, l.Addr())
	}
	for _, a := range all {
		if a = a.Unmap().WithZone(""); a.IsValid() && !a.IsUnspecified() && !seen[a] {
			seen[a] = true
			hosts = append(hosts, a.String())
		}
	}
	return hosts
}

func forWhom(c *x509.Certificate) string {
	if len(c.DNSNames)+len(c.IPAddresses) == 0 {
		return "it names nobody (a common name counts no more)"
	}
	return fmt.Sprintf("it is for %v", append(append([]string{}, c.DNSNames...), addressesOf(c)...))
}

func addressesOf(c *x509.Certificate) (out []string) {
	for _, a := range c.IPAddresses {
		out = append(out, a.String())
	}
	return out
}

// String says it in one line.
func (r Reason) String() string {
	if r.At == "" {
		return r.What
	}
	return r.What + "   (" + r.At + ")"
}
