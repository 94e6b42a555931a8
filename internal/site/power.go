// SPDX-License-Identifier: Apache-2.0

package site

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// PowerCredentials reads what switching a machine needs beside the configuration: a password and the certificates to trust. Its
// errors are for operators and name places, not secrets.
func (s *Site) PowerCredentials(p *boot.Power) (password string, ca []byte, err error) {
	if t := p.Password(); t.S != "" {
		if password, err = s.password(t); err != nil {
			return "", nil, err
		}
	}
	if p.Redfish != nil && p.Redfish.CA != "" {
		if ca, err = os.ReadFile(s.powerCA(p.Redfish.CA)); err != nil {
			return "", nil, fmt.Errorf("power.redfish.ca: %w", err)
		}
	}
	return password, ca, nil
}

func (s *Site) password(t boot.Text) (string, error) {
	at := "the secret that password names at " + t.Pos.String()
	if s.Settings.Server.Secrets == "" {
		return "", errors.New(at + ": there are no secrets: expected server.secrets to name their directory")
	}
	b, err := secrets(s.Settings.Server.Secrets).read(t.S)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("%s does not exist: expected a file of that name in %s", at, s.Settings.Server.Secrets)
	case errors.Is(err, fs.ErrPermission):
		return "", fmt.Errorf("%s may not be read by user %s: chgrp and chmod g+r it", at, cmp.Or(s.Settings.Server.User, "that serves"))
	case err != nil:
		return "", errors.New(at + " cannot be read")
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// powerCA finds a relative file beside the configuration.
func (s *Site) powerCA(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.dir, name)
}

// power looks at the secrets and certificates for switching machines.
func (c *checker) power(s *Site) {
	for _, p := range s.Catalog.Powers() {
		if t := p.Password(); t.S != "" {
			if err := secrets(s.Settings.Server.Secrets).trouble(t.S, c.who); err != nil {
				c.problems = append(c.problems, boot.Problem{Pos: t.Pos, What: "power: no password", Expected: err.Error()})
			}
		}
		if p.Redfish != nil && p.Redfish.CA != "" {
			c.certificates(p.Redfish.Pos, s.powerCA(p.Redfish.CA))
		}
	}
}

func (c *checker) certificates(pos boot.Pos, path string) {
	problem := boot.Problem{Pos: pos, What: "power: no certificates to trust"}
	if _, err := os.Stat(path); err != nil {
		problem.Expected = err.Error()
		c.problems = append(c.problems, problem)
	} else if b := c.who.without(path, mayRead); b != nil {
		c.add(problem, b)
	}
}
