// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/bootlace-net/bootlace/internal/site"
)

// configVariable names the directory that stands in for usualConfig.
const (
	configVariable = "BOOTLACE_CONFIG"
	usualConfig    = "/etc/bootlace"
)

// place are the flags that say where the configuration is and what overrides it, the same for all commands.
type place struct {
	dir  configDir
	over site.Overrides
}

func (p *place) addFlags(flags *pflag.FlagSet) {
	flags.VarP(&p.dir, "config", "c", "configuration directory with bootlace.yaml, profiles/, hosts/ (default: $"+configVariable+", else "+usualConfig+" if it is there, else the built-in one)")
	flags.StringVar(&p.over.State, "state", "", "state directory, with images/ in it (default: server.state, /var/lib/bootlace)")
}

// configDir is the value of --config.
type configDir string

// Set takes what was typed. An empty name comes from a variable that is not set, and must not mean another configuration than meant.
func (d *configDir) Set(name string) error {
	if name == "" {
		return errors.New("an empty name is no directory: leave --config out for the usual one")
	}
	*d = configDir(name)
	return nil
}

func (d *configDir) String() string { return string(*d) }

// Type is what help calls the value.
func (d *configDir) Type() string { return "DIR" }

// config gives the directory to read; empty means the built-in configuration. Where the command line does not say it, the
// choice is told to stderr.
func (p *place) config(stderr io.Writer) (string, error) {
	if p.dir != "" {
		return string(p.dir), readable(string(p.dir))
	}
	dir, err := usual(os.Getenv(configVariable), usualConfig)
	if err != nil {
		return "", err
	}
	if dir == "" {
		_, err = fmt.Fprintf(stderr, "the built-in configuration: no --config, and %s is not there\n", usualConfig)
	} else {
		_, err = fmt.Fprintf(stderr, "configuration: %s\n", dir)
	}
	return dir, err
}

// readable is an error of usage if there is no such directory.
func readable(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is no directory", dir)
	}
	if err != nil {
		return usageError(fmt.Errorf("%w: expected a directory with bootlace.yaml, profiles and hosts in it", err))
	}
	return nil
}

// usual gives the directory that is read when none is named: that of the environment, which has to exist, or dir if it is there.
func usual(named, dir string) (string, error) {
	if named != "" {
		return named, readable(named)
	}
	switch info, err := os.Stat(dir); {
	case errors.Is(err, os.ErrNotExist):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("is there a configuration? %w: name a directory with --config", err)
	case !info.IsDir():
		return "", fmt.Errorf("%s is no directory: name one with --config", dir)
	}
	return dir, nil
}
