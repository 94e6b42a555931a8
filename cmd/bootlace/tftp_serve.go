// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/recorder"
	"github.com/bootlace-net/bootlace/tftpd"
)

// tftpServe holds the flags of bootlace tftp serve.
type tftpServe struct {
	root    string
	listen  []string
	allow   []string
	gso     string
	server  tftpd.Server
	profile string

	uploads               string
	overwrite, byAddress  bool
	maxUpload, maxUploads int64
	maxFiles              int
	names                 tftpd.Names
	remap                 []string
}

func newTFTPServeCommand(log func() recorder.Log) *cobra.Command {
	f := &tftpServe{}
	cmd := &cobra.Command{
		Use:   "serve --root DIR [--listen ADDR:PORT]",
		Short: "Serve a directory over TFTP",
		Long: `Serve the files of a directory over TFTP to any number of clients at once. Without --listen it takes
requests on port 69 of all addresses. Nothing outside the directory is ever opened.

Exit codes: 0 ended by a signal; 2 wrong usage; 3 the system refused: port in use, privileges, no such directory.`,
		Example: `  sudo bootlace tftp serve --root /srv/tftp
  bootlace tftp serve --root . --listen 127.0.0.1:6969
  bootlace tftp serve --root . --listen :6969 --single-port --allow 192.168.1.0/24`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(cmd.Context(), recorder.New(log(), nil, time.Now))
		},
	}
	f.addFlags(cmd)
	return cmd
}

func (f *tftpServe) addFlags(cmd *cobra.Command) {
	s, flags := &f.server, cmd.Flags()
	flags.StringVar(&f.root, "root", "", "directory to serve (required)")
	flags.StringSliceVar(&f.listen, "listen", nil, "address and port to listen on, may be repeated (default :69)")
	flags.BoolVar(&s.SinglePort, "single-port", false, "answer from the request port, for clients behind NAT, Docker, Kubernetes")
	flags.IntVar(&s.MinBlock, "blksize-min", 512, "smallest blksize granted, 8 to 65464")
	flags.IntVar(&s.MaxBlock, "blksize-max", 1468, "largest blksize granted, 8 to 65464")
	flags.IntVar(&s.MaxWindow, "windowsize-max", 64, "largest windowsize granted, 1 to 65535; -1 refuses the option")
	flags.IntVar(&s.Lanes, "lanes", 0, "sockets that share the work (default half of the processors)")
	flags.StringVar(&f.gso, "gso", "auto", "send windows as one segmented buffer: auto, on or off")
	flags.DurationVar(&s.BusyPoll, "busy-poll", 0, "spin this long for a client's answer before sleeping, e.g. 50us; costs a core")
	flags.IntVar(&s.Limits.Transfers, "max-transfers", 0, "transfers at once (default 20000; -1 no limit)")
	flags.IntVar(&s.Limits.PerAddress, "max-per-address", 0, "transfers at once from one address (default 256; -1 no limit)")
	flags.Float64Var(&s.Limits.RequestRate, "max-rate", 0, "requests per second from one address (default 200; -1 no limit)")
	flags.Int64Var(&s.Limits.Memory, "memory", 0, "bytes of content kept for reading ahead (default 128 MiB)")
	flags.StringSliceVar(&f.allow, "allow", nil, "networks that may ask, e.g. 192.168.1.0/24 (default all)")
	flags.StringVar(&f.uploads, "uploads", "", "accept uploads into this directory (default: uploads are refused)")
	flags.BoolVar(&f.overwrite, "uploads-overwrite", false, "let uploads replace files")
	flags.BoolVar(&f.byAddress, "uploads-by-address", false, "give each client address a directory of its own")
	flags.Int64Var(&f.maxUpload, "uploads-max-file", 0, "bytes of one upload (default 16 MiB)")
	flags.Int64Var(&f.maxUploads, "uploads-max-total", 0, "bytes of all uploads (default 1 GiB)")
	flags.IntVar(&f.maxFiles, "uploads-max-files", 0, "number of all uploads (default 10000)")
	flags.IntVar(&s.Limits.PerPrefix, "max-per-prefix", 0, "transfers at once from one IPv4 /24 or IPv6 /64 (default 8192; -1 no limit)")
	flags.BoolVar(&s.Limits.Broadcasts, "broadcasts", false, "answer requests sent to a broadcast address, as some Cisco devices do")
	flags.BoolVar(&f.names.FoldCase, "fold-case", false, "find files whatever the case of the name asked")
	flags.StringArrayVar(&f.remap, "remap", nil, "rewrite names: REGEXP=REPLACEMENT, may be repeated, first match wins")
	flags.StringVar(&f.names.PerAddress, "per-address", "", "look in this subdirectory first, with %a for the client's address, %m for its hardware address, e.g. hosts/%m")
	flags.StringVar(&f.profile, "cpuprofile", "", "write a CPU profile here")
	_ = flags.MarkHidden("cpuprofile") // fails only for a flag that does not exist
	_ = cmd.MarkFlagRequired("root")
}

func (f *tftpServe) run(ctx context.Context, told *recorder.Recorder) error {
	if err := f.parse(); err != nil {
		return usageError(err)
	}
	dir, err := tftpd.OpenDir(f.root)
	if err != nil {
		return systemError(fmt.Errorf("cannot serve %s: %w", f.root, err))
	}
	f.names.Opener = dir
	host := &netif.Host{}
	f.names.MAC = func(r tftpd.Request) ([6]byte, bool) { return host.Neighbour(r.Remote.Addr()) }
	f.server.Opener, f.server.Events = &f.names, func(e tftpd.Event) { told.Record(recorder.FromTFTP(e)) }
	closeUploads, err := f.openUploads()
	if err != nil {
		return systemError(errors.Join(err, dir.Close()))
	}
	if err := f.server.Listen(); err != nil {
		return systemError(errors.Join(netif.ExplainListen(err, "--listen", ""), dir.Close(), closeUploads()))
	}
	for _, a := range f.server.LocalAddrs() {
		told.Say(boot.LevelInfo, "serving TFTP", "listen", a, "root", f.root)
	}
	stop, err := startProfile(f.profile)
	if err != nil {
		return systemError(err)
	}
	return errors.Join(f.server.Serve(ctx), stop(), dir.Close(), closeUploads())
}

// openUploads opens the directory for uploads, if one is given.
func (f *tftpServe) openUploads() (closer func() error, err error) {
	if f.uploads == "" {
		return func() error { return nil }, nil
	}
	dir, err := tftpd.OpenUploadDir(f.uploads)
	if err != nil {
		return nil, fmt.Errorf("cannot store uploads in %s: %w", f.uploads, err)
	}
	dir.Overwrite, dir.MaxFile, dir.MaxTotal, dir.MaxFiles = f.overwrite, f.maxUpload, f.maxUploads, f.maxFiles
	if f.byAddress {
		dir.Folder = tftpd.ByAddress
	}
	f.server.Storer = dir
	return dir.Close, nil
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
		rule, err := tftpd.ParseRule(text)
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
