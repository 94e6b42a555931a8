// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
)

func newHostsUnknownCommand() *cobra.Command {
	var p place
	cmd := &cobra.Command{
		Use:   "unknown [LOG...]",
		Short: "Print the machines that came and that no host names, as YAML to paste",
		Long: `Reads the log of 'bootlace serve' (JSON, which it writes where there is no terminal) from files, or from
standard input, and prints every machine in it that no host of the configuration names: a host for
hosts/*.yaml each, with what was seen of it in comments.`,
		Example: `  journalctl -u bootlace -o cat | bootlace hosts unknown --config /etc/bootlace
  bootlace hosts unknown --config /etc/bootlace /var/log/bootlace.json >> /etc/bootlace/hosts/new.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			s := sightings{cat: app.Config.Catalog, seen: make(map[boot.MAC]*sighting)}
			if err := s.readAll(cmd.InOrStdin(), args); err != nil {
				return err
			}
			return s.print(cmd.OutOrStdout())
		},
	}
	p.addFlags(cmd.Flags())
	return cmd
}

// sighting is what the log says of one machine.
type sighting struct {
	client boot.Client
	first  string // times, as the log writes them
	last   string
	times  int
}

type sightings struct {
	cat  *boot.Catalog
	seen map[boot.MAC]*sighting
}

func (s *sightings) readAll(stdin io.Reader, files []string) error {
	if f, ok := stdin.(*os.File); ok && len(files) == 0 && isTerminal(f) {
		return usageError(errors.New("which log? Name a file, or pipe one in: journalctl -u bootlace -o cat | bootlace hosts unknown"))
	}
	if len(files) == 0 {
		return s.read(stdin)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		err = s.read(f)
		_ = f.Close() // only read
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// logLine is what matters of a line.
type logLine struct {
	Time, MAC, UUID, Serial, Hostname, Arch, Vendor, IP, Relay, Circuit, Remote, Interface string
}

// read takes what is JSON and names a machine; all else in a log is not for us.
func (s *sightings) read(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l logLine
		if json.Unmarshal(lines.Bytes(), &l) != nil {
			continue
		}
		if mac, err := boot.ParseMAC(l.MAC); err == nil && !mac.IsZero() {
			s.note(mac, &l)
		}
	}
	return lines.Err()
}

func (s *sightings) note(mac boot.MAC, l *logLine) {
	if s.seen[mac] == nil {
		s.seen[mac] = &sighting{client: boot.Client{MAC: mac}, first: l.Time}
	}
	x := s.seen[mac]
	x.last, x.times = l.Time, x.times+1
	c := &x.client
	c.Serial, c.Hostname = cmp.Or(l.Serial, c.Serial), cmp.Or(l.Hostname, c.Hostname)
	c.Vendor, c.Circuit, c.Remote = cmp.Or(l.Vendor, c.Vendor), cmp.Or(l.Circuit, c.Circuit), cmp.Or(l.Remote, c.Remote)
	c.Interface = cmp.Or(l.Interface, c.Interface)
	// What the log says wrongly is left out: it is for people to read.
	_ = read(l.UUID, boot.ParseUUID, &c.UUID)
	_ = read(l.IP, netip.ParseAddr, &c.Addr)
	_ = read(l.Relay, netip.ParseAddr, &c.Relay)
	if a, err := boot.ParseArch(l.Arch); err == nil {
		c.Archs = []boot.Arch{a}
	}
}

// unknown lists the machines that no host is for, by address.
func (s *sightings) unknown() []*sighting {
	var out []*sighting
	for _, x := range s.seen {
		if s.cat.Plan(x.client).Host == nil {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *sighting) int { return slices.Compare(a.client.MAC[:], b.client.MAC[:]) })
	return out
}

func (s *sightings) print(out io.Writer) error {
	list := s.unknown()
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "# every machine in the log is known")
		return err
	}
	var b strings.Builder
	b.WriteString("hosts:\n")
	for _, x := range list {
		x.write(&b)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// write prints a host. What a machine says of itself is quoted: a packet could hold anything.
func (x *sighting) write(b *strings.Builder) {
	c := &x.client
	fmt.Fprintf(b, "  # seen in %s, first %s, last %s\n", count(x.times, "line"), oneLine(x.first), oneLine(x.last))
	for _, fact := range [][2]string{
		{"arch", archOf(c)}, {"ip", addrText(c.Addr)}, {"hostname", c.Hostname}, {"vendor", c.Vendor}, {"serial", c.Serial},
		{"uuid", uuidOf(c)}, {"relay", addrText(c.Relay)}, {"circuit", c.Circuit}, {"remote", c.Remote}, {"interface", c.Interface},
	} {
		if fact[1] != "" {
			fmt.Fprintf(b, "  #   %s: %s\n", fact[0], oneLine(fact[1]))
		}
	}
	fmt.Fprintf(b, "  - name: new-%s\n    match: {mac: \"%s\"}\n    # profile: what it is to boot\n", c.MAC.Dash(), c.MAC)
}

func archOf(c *boot.Client) string {
	if len(c.Archs) == 0 {
		return ""
	}
	return c.Archs[0].String()
}

func uuidOf(c *boot.Client) string {
	switch {
	case c.UUID.IsZero():
		return ""
	case c.UUID.Placeholder():
		return c.UUID.String() + " (a placeholder: many boards share it)"
	}
	return c.UUID.String()
}

func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// oneLine keeps text inside its comment.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return '?'
		}
		return r
	}, s)
}
