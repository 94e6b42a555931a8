// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/site"
)

// logAdoption makes hosts of the machines in a log.
type logAdoption struct {
	profile     string
	labels      map[string]string
	macs        []string // only these; none: all that no host names
	destructive bool
	preview     bool
}

func newHostsAdoptCommand() *cobra.Command {
	var p place
	var a logAdoption
	cmd := &cobra.Command{
		Use:   "adopt [LOG...]",
		Short: "Make hosts of the machines that came and that no host names",
		Long: `Reads the log of 'bootlace serve' as 'hosts unknown' does, and adds a host for every machine that no host names to
the file of server.adopted, in YAML, where everything else stays as it is. Run again, it adds only who is new.
Before that the configuration with them is read as a whole: if anything is wrong with it, that is told, and nothing is
written. A profile that installs loses what is on the machines' disks: it takes --allow-destructive, too. A running
appliance reads the file at once.`,
		Example: `  journalctl -u bootlace -o cat | bootlace hosts adopt --profile rescue --preview
  bootlace hosts adopt --profile rescue --mac 52:54:00:12:34:56 /var/log/bootlace.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			seen, err := sightings(cmd.InOrStdin(), args)
			if err != nil {
				return err
			}
			return a.run(cmd.OutOrStdout(), app, app.Unknown(seen))
		},
	}
	p.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&a.profile, "profile", "", "what they boot (default: what their groups say)")
	f.StringToStringVar(&a.labels, "label", nil, "a mark for groups to select by, KEY=VALUE; may be given again")
	f.StringSliceVar(&a.macs, "mac", nil, "only the machine with this address; may be given again")
	f.BoolVar(&a.destructive, "allow-destructive", false, "let them be installed: what is on their disks will be lost")
	f.BoolVar(&a.preview, "preview", false, "print the file as it would be, and write nothing")
	return cmd
}

func (a *logAdoption) run(out io.Writer, app *site.Site, unknown []site.Sighting) error {
	wanted, err := a.chosen(unknown)
	if err != nil {
		return err
	}
	if len(wanted) == 0 {
		_, err := fmt.Fprintln(out, "every machine in the log is known")
		return err
	}
	newcomers := make([]site.Newcomer, len(wanted))
	for i := range wanted {
		newcomers[i] = wanted[i].Newcomer(configs.NewHost{Profile: a.profile, Labels: a.labels})
		newcomers[i].Destructive = a.destructive
	}
	if a.preview {
		content, err := app.Draft(newcomers)
		if err == nil {
			_, err = out.Write(content)
		}
		return err
	}
	if err := app.Adopt(newcomers); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s added to %s\n", count(len(wanted), "host"), app.AdoptedFile())
	return err
}

// chosen leaves only the machines of --mac; one that is not there is an error.
func (a *logAdoption) chosen(unknown []site.Sighting) ([]site.Sighting, error) {
	if len(a.macs) == 0 {
		return unknown, nil
	}
	var out []site.Sighting
	for _, text := range a.macs {
		mac, err := boot.ParseMAC(text)
		if err != nil {
			return nil, usageError(fmt.Errorf("--mac: %w", err))
		}
		i := slices.IndexFunc(unknown, func(s site.Sighting) bool { return s.MAC == mac })
		if i < 0 {
			return nil, fmt.Errorf("%v: it is not in the log, or a host names it already", mac)
		}
		out = append(out, unknown[i])
	}
	return out, nil
}
