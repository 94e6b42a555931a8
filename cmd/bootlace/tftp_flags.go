// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/files"
	"github.com/bootlace-net/bootlace/tftpd"
)

func (f *tftpServe) addFlags(cmd *cobra.Command) {
	f.serverFlags(cmd)
	f.fileFlags(cmd)
	_ = cmd.Flags().MarkHidden("cpuprofile") // fails only for a flag that does not exist
	_ = cmd.MarkFlagRequired("root")
}

// serverFlags are about the network. They begin where the appliance's settings do.
func (f *tftpServe) serverFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	s, t := &f.server, configs.DefaultSettings().TFTP
	flags.StringSliceVar(&f.listen, "listen", nil, "address and port to listen on, may be repeated (default :69)")
	flags.StringSliceVar(&f.allow, "allow", nil, "networks that may ask, e.g. 192.168.1.0/24 (default all)")
	flags.BoolVar(&s.SinglePort, "single-port", false, "answer from the request port, for clients behind NAT, Docker, Kubernetes")
	flags.IntVar(&s.MinBlock, "blksize-min", t.BlockSize.Min, "smallest blksize granted, 8 to 65464")
	flags.IntVar(&s.MaxBlock, "blksize-max", t.BlockSize.Max, "largest blksize granted, 8 to 65464")
	flags.IntVar(&s.MaxWindow, "windowsize-max", t.WindowSize.Max, "largest windowsize granted, 1 to 65535; -1 refuses the option")
	flags.IntVar(&s.Lanes, "lanes", 0, "sockets that share the work (default half of the processors)")
	flags.StringVar(&f.gso, "gso", "auto", "send windows as one segmented buffer: auto, on or off")
	flags.DurationVar(&s.BusyPoll, "busy-poll", 0, "spin this long for a client's answer before sleeping, e.g. 50us; costs a core")
	flags.IntVar(&s.Limits.Transfers, "max-transfers", t.Limits.Transfers, "transfers at once; -1 no limit")
	flags.IntVar(&s.Limits.PerAddress, "max-per-address", t.Limits.PerAddress, "transfers at once from one address; -1 no limit")
	flags.IntVar(&s.Limits.PerPrefix, "max-per-prefix", t.Limits.PerPrefix, "transfers at once from one IPv4 /24 or IPv6 /64; -1 no limit")
	flags.Float64Var(&s.Limits.RequestRate, "max-rate", float64(t.Limits.RequestsPerSecond), "requests per second from one address; -1 no limit")
	flags.Int64Var(&s.Limits.Memory, "memory", int64(t.Cache), "bytes of content kept for reading ahead")
	flags.BoolVar(&s.Limits.Broadcasts, "broadcasts", false, "answer requests sent to a broadcast address, as some Cisco devices do")
	flags.StringVar(&f.user, "user", configs.DefaultSettings().Server.User, "become this user once the ports are bound, if started as root; root: stay")
	flags.StringVar(&f.profile, "cpuprofile", "", "write a CPU profile here")
}

// fileFlags are about directories and names.
func (f *tftpServe) fileFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	w := configs.DefaultSettings().TFTP.Writes
	flags.StringVar(&f.root, "root", "", "directory to serve (required)")
	flags.StringVar(&f.uploads, "uploads", "", "accept uploads into this directory (default: uploads are refused)")
	flags.BoolVar(&f.overwrite, "uploads-overwrite", false, "let uploads replace files")
	flags.BoolVar(&f.byAddress, "uploads-by-address", false, "give each client address a directory of its own")
	flags.Int64Var(&f.quotas.MaxFile, "uploads-max-file", int64(w.MaxSize), "bytes of one upload")
	flags.Int64Var(&f.quotas.MaxTotal, "uploads-max-total", int64(w.MaxTotal), "bytes of all uploads")
	flags.IntVar(&f.quotas.MaxFiles, "uploads-max-files", w.MaxFiles, "number of all uploads")
	flags.BoolVar(&f.names.FoldCase, "fold-case", false, "find files whatever the case of the name asked")
	flags.StringArrayVar(&f.remap, "remap", nil,
		"rewrite names: REGEXP=REPLACEMENT, or REGEXP=! to refuse; may be repeated, each rule sees what those before made of the name")
	flags.StringVar(&f.names.PerAddress, "per-address", "",
		"look in this subdirectory first, with %a for the client's address, %m for its hardware address, e.g. hosts/%m")
}

// parse turns flags into the server's types.
func (f *tftpServe) parse() error {
	for _, text := range f.listen {
		addrs, err := parseListen(text)
		if err != nil {
			return err
		}
		f.server.Addrs = append(f.server.Addrs, addrs...)
	}
	for _, text := range f.allow {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return fmt.Errorf("--allow %s: expected a network like 192.168.1.0/24", text)
		}
		f.server.Limits.Networks = append(f.server.Limits.Networks, p)
	}
	for _, text := range f.remap {
		rule, err := files.ParseRule(text)
		if err != nil {
			return fmt.Errorf("--remap %s: %w", text, err)
		}
		f.names.Rules = append(f.names.Rules, rule)
	}
	choices := map[string]tftpd.GSO{"auto": tftpd.Auto, "on": tftpd.On, "off": tftpd.Off}
	choice, ok := choices[f.gso]
	if !ok {
		return fmt.Errorf("--gso %s: expected auto, on or off", f.gso)
	}
	f.server.GSO = choice
	return nil
}

// parseListen reads ADDR:PORT; an empty address means all of both families.
func parseListen(text string) ([]netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(text)
	n, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil {
		return nil, fmt.Errorf("--listen %s: expected ADDR:PORT, like 192.168.1.1:69, [::1]:6969 or :69", text)
	}
	if host == "" {
		return []netip.AddrPort{
			netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(n)), netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(n)),
		}, nil
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %s is not an IP address", text, host)
	}
	return []netip.AddrPort{netip.AddrPortFrom(addr, uint16(n))}, nil
}
