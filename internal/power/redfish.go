// SPDX-License-Identifier: Apache-2.0

package power

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stmcginnis/gofish"
	"github.com/stmcginnis/gofish/schemas"

	"github.com/bootlace-net/bootlace/boot"
)

// redfish is one system of a BMC.
type redfish struct {
	client *gofish.APIClient
	target *Target
	path   string // of the system
}

func openRedfish(ctx context.Context, t *Target, r *boot.Redfish) (Machine, error) {
	for _, k := range []struct{ key, value string }{{"redfish.url", r.URL}, {"redfish.user", r.User}, {"redfish.password", r.Password.S}} {
		if err := missing(r.Pos, k.key, k.value); err != nil {
			return nil, err
		}
	}
	u, err := url.Parse(r.URL)
	if err != nil || u.Scheme != "https" && !r.Insecure {
		return nil, &Error{Fault: Misconfigured, What: "power.redfish.url is not of https://", Fix: "mend it, or say insecure: true, at " + r.Pos.String()}
	}
	base := url.URL{Scheme: u.Scheme, Host: u.Host}
	h, err := fencedClient(&base, t.CA, r.Insecure)
	if err != nil {
		return nil, err
	}
	c, err := connect(ctx, gofish.ClientConfig{Endpoint: base.String(), Username: r.User, Password: t.Password, HTTPClient: h, ReuseConnections: true})
	if err != nil {
		return nil, redfishTrouble(err, r)
	}
	m := &redfish{client: c, target: t}
	if m.path, err = m.find(u.Path); err != nil {
		m.Close()
		return nil, redfishTrouble(err, r)
	}
	return m, nil
}

// connect opens a session, or says the password with each request where there are no sessions.
func connect(ctx context.Context, cfg gofish.ClientConfig) (*gofish.APIClient, error) {
	c, err := gofish.ConnectContext(ctx, cfg)
	if s := statusOf(err); s == http.StatusNotFound || s == http.StatusMethodNotAllowed || s == http.StatusNotImplemented {
		cfg.BasicAuth = true
		return gofish.ConnectContext(ctx, cfg)
	}
	return c, err
}

// statusOf is that of HTTP, of a BMC that answered; 0: there is none.
func statusOf(err error) int {
	var e *schemas.Error
	if errors.As(err, &e) {
		return e.HTTPReturnedStatusCode
	}
	return 0
}

// redfishTrouble sorts errors. Of those about who we are nothing that the BMC says is shown.
func redfishTrouble(err error, r *boot.Redfish) error {
	var ours *Error
	var e *schemas.Error
	switch status := statusOf(err); {
	case errors.As(err, &ours):
		return ours
	case status == http.StatusUnauthorized:
		return &Error{What: "wrong user or password", Fix: "see power.redfish.user, and the secret that password names at " + r.Password.Pos.String()}
	case status == http.StatusForbidden:
		return &Error{What: "the user may not do this", Fix: "give power.redfish.user the role Operator or Administrator in the BMC"}
	case errors.As(err, &e):
		return &Error{What: fmt.Sprintf("it answers %d %s: %s", status, http.StatusText(status), wordsOf(e))}
	}
	return explainTLS(err, r)
}

// wordsOf gives the sentences of an error, or what there is instead.
func wordsOf(e *schemas.Error) string {
	var all []string
	for _, info := range e.ExtendedInfos {
		if info.Message != "" && !slices.Contains(all, info.Message) {
			all = append(all, info.Message)
		}
	}
	return cmp.Or(strings.Join(all, " "), e.Message, e.Code)
}

// mostSystems bounds how many systems of one BMC are looked at.
const mostSystems = 32

// find gives the path of the system: the one that the URL names, the only one there is, or the one with the machine's UUID.
func (m *redfish) find(path string) (string, error) {
	const root = "/redfish/v1/Systems"
	if path = strings.TrimRight(path, "/"); strings.HasPrefix(path, root+"/") {
		return path, nil
	}
	list, err := schemas.GetCollection(m.client, root)
	if err != nil {
		return "", err
	}
	switch links := list.ItemLinks; {
	case len(links) == 1:
		return links[0], nil
	case len(links) > 1 && len(links) <= mostSystems && !m.target.UUID.IsZero():
		for _, path := range links {
			if s, err := schemas.GetObject[schemas.ComputerSystem](m.client, path); err == nil && m.is(s.UUID) {
				return path, nil
			}
		}
	case len(links) == 0:
		return "", &Error{What: "the BMC has no systems", Fix: "is it that of a chassis? Name the one of the machine in power.redfish.url"}
	}
	return "", &Error{Fault: Misconfigured, What: fmt.Sprintf("the BMC has %d systems", len(list.ItemLinks)),
		Fix: "name one in power.redfish.url: " + strings.Join(list.ItemLinks[:min(len(list.ItemLinks), 8)], ", ")}
}

func (m *redfish) is(uuid string) bool {
	u, err := boot.ParseUUID(uuid)
	return err == nil && (u == m.target.UUID || u == m.target.UUID.Swapped())
}

// system asks how it is now, with the ETag of now.
func (m *redfish) system() (*schemas.ComputerSystem, vendor, error) {
	s, err := schemas.GetObject[schemas.ComputerSystem](m.client, m.path)
	if err != nil {
		return nil, vendor{}, m.trouble(err)
	}
	return s, vendorOf(s.Manufacturer), nil
}

func (m *redfish) trouble(err error) error { return redfishTrouble(err, m.target.Power.Redfish) }

// Status follows Machine.
func (m *redfish) Status(ctx context.Context) (State, error) {
	s, _, err := m.system()
	if err != nil {
		return Unknown, err
	}
	switch s.PowerState {
	case schemas.OnPowerState:
		return On, nil
	case schemas.OffPowerState:
		return Off, nil
	case schemas.PoweringOnPowerState, schemas.PoweringOffPowerState:
		return Turning, nil
	default:
		return Unknown, nil
	}
}

// Set follows Machine.
func (m *redfish) Set(ctx context.Context, a Action) error {
	s, _, err := m.system()
	if err != nil {
		return err
	}
	switch off := s.PowerState == schemas.OffPowerState; {
	case a == TurnOff && off, a == TurnOn && s.PowerState == schemas.OnPowerState:
		return nil // many refuse what is so already
	case a == Cycle && off:
		return m.Set(ctx, TurnOn)
	}
	allowed, err := s.GetSupportedResetTypes()
	if err != nil {
		return m.trouble(err)
	}
	for _, r := range resets(a) {
		if len(allowed) == 0 || slices.Contains(allowed, r) {
			_, err := s.Reset(r)
			return m.told(err)
		}
	}
	if a == Cycle {
		return offAndOn(ctx, m)
	}
	return &Error{Fault: Refused, What: fmt.Sprintf("the BMC cannot switch %s: it knows %v", a, allowed)}
}

func (m *redfish) told(err error) error {
	if err == nil {
		return nil
	}
	return m.trouble(err)
}

// Close ends the session, of which BMCs have few.
func (m *redfish) Close() { m.client.Logout() }
