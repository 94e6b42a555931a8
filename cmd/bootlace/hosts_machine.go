// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/site"
)

// machine are the flags that describe a machine as its packets would: render and explain ask for it.
type machine struct {
	host, mac, uuid, arch, stage, ip, relay, subnet, server string
	said                                                    boot.Client // what needs no parsing
}

func (m *machine) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&m.host, "host", "", "a host of the configuration: facts that its rule asks for are taken from there")
	flags.StringVar(&m.mac, "mac", "", "hardware address")
	flags.StringVar(&m.arch, "arch", "", "architecture as firmware announces it: bios, uefi-x64, uefi-arm64, … or a number (default bios)")
	flags.StringVar(&m.stage, "stage", "rom", "what asks: rom, the firmware's own network boot; or ipxe, one that is in the network card's ROM")
	flags.StringVar(&m.uuid, "uuid", "", "system UUID")
	flags.StringVar(&m.ip, "ip", "", "the machine's address")
	flags.StringVar(&m.relay, "relay", "", "address of the DHCP relay")
	flags.StringVar(&m.subnet, "subnet", "", "network of the interface its packets come in on")
	flags.StringVar(&m.server, "server", "", "address of this server, for URLs in what is rendered")
	flags.StringVar(&m.said.Serial, "serial", "", "serial number")
	flags.StringVar(&m.said.Hostname, "hostname", "", "host name that it sends (option 12)")
	flags.StringVar(&m.said.Vendor, "vendor", "", "vendor class that it sends (option 60)")
	flags.StringVar(&m.said.Circuit, "circuit", "", "switch port as the relay names it (option 82.1)")
	flags.StringVar(&m.said.Remote, "remote", "", "the relay's name for the other end (option 82.2)")
	flags.StringVar(&m.said.Interface, "on", "", "interface of ours that its packets come in on")
}

// client makes the facts. At least one that identifies must be given.
func (m *machine) client(app *site.Site) (boot.Client, error) {
	var c boot.Client
	if m.host != "" {
		h := app.Catalog.Host(m.host)
		if h == nil {
			return c, usageError(fmt.Errorf("there is no host %s: %s", m.host, boot.Hint(m.host, app.HostNames())))
		}
		c = h.Match.Example()
	}
	m.say(&c)
	err := errors.Join(
		read(m.mac, boot.ParseMAC, &c.MAC), read(m.uuid, boot.ParseUUID, &c.UUID),
		read(m.ip, netip.ParseAddr, &c.Addr), read(m.relay, netip.ParseAddr, &c.Relay), read(m.subnet, netip.ParsePrefix, &c.Subnet),
		m.readArch(&c), m.readStage(&c),
	)
	if err == nil && m.host == "" && c.MAC.IsZero() && c.UUID.IsZero() && c.Serial == "" && m.nothing() {
		err = errors.New("which machine? Say --mac, --host or another fact about it")
	}
	if err != nil {
		return c, usageError(err)
	}
	return c, nil
}

// say puts in what needs no parsing.
func (m *machine) say(c *boot.Client) {
	for _, f := range []struct{ from, to *string }{
		{&m.said.Serial, &c.Serial}, {&m.said.Hostname, &c.Hostname}, {&m.said.Vendor, &c.Vendor},
		{&m.said.Circuit, &c.Circuit}, {&m.said.Remote, &c.Remote}, {&m.said.Interface, &c.Interface},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	switch {
	case strings.HasPrefix(c.Vendor, boot.ClassPXE.String()):
		c.Class = boot.ClassPXE
	case strings.HasPrefix(c.Vendor, boot.ClassHTTP.String()):
		c.Class = boot.ClassHTTP
	}
}

func (m *machine) nothing() bool {
	return m.ip+m.relay+m.subnet+m.said.Hostname+m.said.Circuit+m.said.Remote+m.said.Vendor+m.said.Interface+m.arch == ""
}

func (m *machine) readArch(c *boot.Client) error {
	if m.arch == "" {
		return nil
	}
	a, err := boot.ParseArch(m.arch)
	if err != nil {
		return fmt.Errorf("--arch %s: %s", m.arch, boot.Hint(m.arch, boot.ArchNames()))
	}
	c.Archs = []boot.Arch{a}
	return nil
}

func (m *machine) readStage(c *boot.Client) error {
	switch m.stage {
	case "", boot.StageROM.String(): // scripts that know no flag mean the ROM too
	case boot.StageIPXE.String():
		c.Stage = boot.StageIPXE
	default:
		return fmt.Errorf("--stage %s: expected rom or ipxe", m.stage)
	}
	return nil
}

// read parses one flag, if it is given.
func read[T any](s string, parse func(string) (T, error), to *T) error {
	if s == "" {
		return nil
	}
	v, err := parse(s)
	if err == nil {
		*to = v
	}
	return err
}

// serverAddr is the address for URLs; invalid if none is given.
func (m *machine) serverAddr() (netip.Addr, error) {
	var a netip.Addr
	if err := read(m.server, netip.ParseAddr, &a); err != nil {
		return a, usageError(err)
	}
	return a, nil
}
