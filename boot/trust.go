// SPDX-License-Identifier: Apache-2.0

package boot

import "slices"

// Trust says how far up the programs of a machine hold the authority by which this server is known over HTTPS. Each holds it with all
// before it. Nothing on the wire tells: only who enrolled it knows.
type Trust uint8

// How far.
const (
	TrustNone     Trust = iota // nothing is known to
	TrustFirmware              // its HTTP Boot does
	TrustLoader                // the loader that it starts does, too
	TrustSystem                // and so do the installers and systems that it boots
)

// String gives the word that YAML uses.
func (t Trust) String() string { return [...]string{"none", "firmware", "loader", "system"}[t] }

// Trusts lists all of them, TrustNone first.
func Trusts() []Trust { return []Trust{TrustNone, TrustFirmware, TrustLoader, TrustSystem} }

// Trust says what was said of a machine: by its host, else by the most specific group that says something, else by its profile. by
// names who, and is empty where nobody does.
func (p *Plan) Trust() (t Trust, by string, at Pos) {
	if h := p.Host; h != nil && h.HTTPS != nil {
		return *h.HTTPS, "host " + h.Name, h.Pos
	}
	for _, g := range slices.Backward(p.Groups) {
		if g.HTTPS != nil {
			return *g.HTTPS, "group " + g.Name, g.Pos
		}
	}
	if f := p.Profile; f != nil && f.HTTPS != nil {
		return *f.HTTPS, "profile " + f.Name, f.Pos
	}
	return TrustNone, "", Pos{}
}

// For gives the endpoint that a program of a machine is told of: over TLS if there is one and that program is said to know its
// authority. Everybody else is better off with one that works.
func (e Endpoint) For(p *Plan, who Trust) Endpoint {
	if t, _, _ := p.Trust(); e.Scheme != HTTP || e.TLS == 0 || t < who {
		return e
	}
	return Endpoint{Scheme: HTTPS, Host: e.Host, Port: e.TLS, Name: e.Name}
}
