// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// secrets is a directory with one secret in each file; "" for none.
type secrets string

// find gives the function for templates; nil without a directory. Its errors hold no path: they are about what a machine asked.
func (d secrets) find() func(string, boot.Client) (string, error) {
	if d == "" {
		return nil
	}
	return func(name string, _ boot.Client) (string, error) {
		b, err := d.read(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return "", errors.New("there is no such secret")
		case err != nil:
			return "", errors.New("the secret cannot be read")
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
}

// secret gives what templates get for the name of a secret.
func (o Overrides) secret(s *configs.Server) func(string, boot.Client) (string, error) {
	if o.NoSecrets {
		return func(name string, _ boot.Client) (string, error) { return "SECRET " + name, nil }
	}
	return secrets(s.Secrets).find()
}

func (d secrets) read(name string) ([]byte, error) {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // only read
	return root.ReadFile(name)
}

// trouble says, for the operator, why a user cannot have a secret; nil if it can.
func (d secrets) trouble(name string, who *account) error {
	if d == "" {
		return errors.New("there are no secrets: expected server.secrets to name their directory")
	}
	_, err := d.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no secret %s in %s: %s", name, d, boot.Hint(name, d.names()))
	}
	if b := who.without(filepath.Join(string(d), name), mayRead); b != nil {
		return fmt.Errorf("secret %s: %w", name, b)
	}
	return err
}

func (d secrets) names() (names []string) {
	entries, _ := os.ReadDir(string(d)) // what cannot be listed gives no hint
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
