// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/probe"
)

// newProbeCommand plays a client; its output is its answer.
func newProbeCommand() *cobra.Command {
	p := &probing{}
	cmd := &cobra.Command{
		Use:   "probe",
		Short: "Play a network-boot client and say what a real one would do",
		Long: `Play a network-boot client against whatever servers are on a network, ours or not: send its DISCOVER,
print every offer decoded, choose as the firmware does, ask port 4011 if it would, and load the file
it ends up with. No address is taken.

Clients: ` + clientList() + `
Exit codes: 0 it would boot; 1 it would not (with the firmware's error code); 2 wrong usage;
3 the probe could not run (no such interface, privileges, ports).`,
		Example: `  sudo bootlace probe --interface eth0                     # a BIOS, x86-64 and arm64 UEFI, HTTP Boot, iPXE: one after the other
  sudo bootlace probe --interface eth0 --client x64 --mac 52:54:00:12:34:56
  sudo bootlace probe --interface eth0 --client x64 --ipv6`,
		Args: cobra.NoArgs,
		RunE: p.run,
	}
	p.addFlags(cmd)
	return cmd
}

func clientList() string {
	var b strings.Builder
	for _, name := range probe.Kinds() {
		fmt.Fprintf(&b, "\n  %-11s %s", name, probe.Title(name))
	}
	return b.String() + "\n"
}

// probing holds the flags of bootlace probe.
type probing struct {
	iface   string
	clients []string
	mac     string
	uuid    string
	wait    time.Duration
	ipv6    bool
	assume  bool
	noFetch bool
}

func (p *probing) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&p.iface, "interface", "i", "", "network interface to ask on (default: the only one there is)")
	f.StringSliceVarP(&p.clients, "client", "c", []string{"bios", "x64", "arm64", "http", "ipxe"}, "kinds of clients to play")
	f.StringVar(&p.mac, "mac", "", "hardware address to ask with (default: the interface's own)")
	f.StringVar(&p.uuid, "uuid", "", "system UUID to send")
	f.DurationVar(&p.wait, "wait", 4*time.Second, "collect offers for this long; UEFI waits 4s, iPXE 3s")
	f.BoolVarP(&p.ipv6, "ipv6", "6", false, "ask by DHCPv6")
	f.BoolVar(&p.assume, "assume-dhcp", false, "judge as if a DHCP server had offered an address")
	f.BoolVar(&p.noFetch, "no-fetch", false, "do not load the file")
	_ = cmd.RegisterFlagCompletionFunc("client", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return probe.Kinds(), cobra.ShellCompDirectiveNoFileComp
	}) // fails only for a flag that does not exist
}

func (p *probing) options(kind string) (probe.Options, error) {
	o := probe.Options{Kind: kind, Interface: p.iface, Wait: p.wait, IPv6: p.ipv6, AssumeDHCP: p.assume, NoFetch: p.noFetch}
	if !slices.Contains(probe.Kinds(), kind) {
		return o, fmt.Errorf("--client %s: expected one of %s", kind, strings.Join(probe.Kinds(), ", "))
	}
	var err error
	if p.mac != "" {
		if o.MAC, err = boot.ParseMAC(p.mac); err != nil {
			return o, fmt.Errorf("--mac: %w", err)
		}
	}
	if p.uuid != "" {
		if o.UUID, err = boot.ParseUUID(p.uuid); err != nil {
			return o, fmt.Errorf("--uuid: %w", err)
		}
	}
	if o.Interface == "" {
		o.Interface, err = onlyInterface()
	}
	return o, err
}

// onlyInterface finds the interface when there is no choice.
func onlyInterface() (string, error) {
	all, err := net.Interfaces()
	if err != nil {
		return "", err
	}
	var names []string
	for _, i := range all {
		if i.Flags&net.FlagUp != 0 && i.Flags&net.FlagLoopback == 0 && len(i.HardwareAddr) == 6 {
			names = append(names, i.Name)
		}
	}
	if len(names) != 1 {
		return "", fmt.Errorf("--interface: name one of %s", strings.Join(names, ", "))
	}
	return names[0], nil
}

func (p *probing) run(cmd *cobra.Command, _ []string) error {
	var failed []string
	for i, kind := range p.clients {
		o, err := p.options(kind)
		if err != nil {
			return usageError(err)
		}
		o.Out = cmd.OutOrStdout()
		if i > 0 {
			_, _ = fmt.Fprintln(o.Out) // the reader has gone if it fails
		}
		err = probe.Run(cmd.Context(), o)
		var no *probe.ErrNoBoot
		switch {
		case err == nil:
		case errors.As(err, &no):
			_, _ = fmt.Fprintf(o.Out, "it would NOT boot: %v\n", err) // as above
			failed = append(failed, kind)
		default:
			return systemError(err)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("would not boot: %s", strings.Join(failed, ", "))
	}
	return nil
}
