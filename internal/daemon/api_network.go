// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/certs"
	"github.com/bootlace-net/bootlace/internal/logins"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/reread"
)

// credentials are by which the API knows clients on a network, and they it.
type credentials struct {
	certificate, key, logins string // files

	pair *reread.Files[*tls.Certificate]
	door *reread.Files[*logins.Door]
}

// openCredentials reads them for the first time. say tells of those that are wrong later: the ones before stay in use.
func openCredentials(s *configs.Settings, say func(boot.Level, string, ...any)) (*credentials, error) {
	at := func(set, name string) string { return cmp.Or(set, filepath.Join(s.Server.State, name)) }
	c := &credentials{certificate: at(s.API.Certificate, certs.APICertificate), key: at(s.API.Key, certs.APIKey), logins: at(s.API.Logins, logins.File)}
	told := func(text string) func(error) {
		return func(err error) { say(boot.LevelError, text, "error", err) }
	}
	var wrong, none error
	c.pair, wrong = reread.Open(c.readPair, told("the API's certificate cannot be read: the one before stays in use"), c.certificate, c.key)
	door := logins.NewDoor()
	c.door, none = reread.Open(func() (*logins.Door, error) {
		b, err := logins.Load(c.logins)
		if err == nil {
			door.Use(b)
		}
		return door, err
	}, told("the API's logins cannot be read: those before stay valid"), c.logins)
	if none == nil && door.Empty() {
		none = fmt.Errorf("%s: nobody may log in: bootlace api token add NAME or bootlace api user add NAME", c.logins)
	}
	return c, errors.Join(wrong, none)
}

func (c *credentials) readPair() (*tls.Certificate, error) {
	p, err := tls.LoadX509KeyPair(c.certificate, c.key)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: bootlace api init makes one", err)
	case time.Now().After(p.Leaf.NotAfter):
		return nil, fmt.Errorf("%s: it expired on %s: bootlace api init --renew", c.certificate, p.Leaf.NotAfter.Format(time.DateOnly))
	}
	return &p, nil
}

// readable proves that the user we have become can read them again.
func (c *credentials) readable() error {
	_, err := c.readPair()
	_, none := logins.Load(c.logins)
	return errors.Join(err, none)
}

// listenAPINetwork binds the API's own ports, for people and programs elsewhere.
func (d *daemon) listenAPINetwork(s *configs.Settings) error {
	if len(s.API.Listen) == 0 {
		return nil
	}
	c, err := openCredentials(s, d.recorder.Say)
	if err != nil {
		return &SystemError{What: "api.listen", Err: err}
	}
	d.credentials = c
	srv := d.apiServer(s)
	admit := api.ByLogin(func() api.Door { return c.door.Get() })
	for _, a := range slices.Compact(s.API.Listen) {
		l, err := net.Listen("tcp", listenAddr(a))
		if err != nil {
			return &SystemError{What: "api.listen", Err: netif.ExplainListen(err, "api.listen", "")}
		}
		d.started = append(d.started, "api "+l.Addr().String())
		// No HTTP/2: nobody needs it here, and its floods are many.
		secure := tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.pair.Get(), nil }})
		d.tasks = append(d.tasks, job{"api", func(ctx context.Context) error { return srv.Serve(ctx, secure, admit) }})
	}
	return nil
}

// mayServeAPI is part of becoming another user.
func (d *daemon) mayServeAPI(user string) error {
	if d.credentials == nil {
		return nil
	}
	if err := d.credentials.readable(); err != nil {
		return &SystemError{What: "api.listen", Err: err, Fix: fmt.Sprintf("user %s must be able to read it: chown, or set server.user", user)}
	}
	return nil
}
