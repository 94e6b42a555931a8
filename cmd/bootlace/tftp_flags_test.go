// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/tftpd"
)

// TestTFTPDefaults: a server that is told nothing, the plain server's flags and the appliance's settings begin with the same.
func TestTFTPDefaults(t *testing.T) {
	nothing := tftpd.OpenerFunc(func(context.Context, *tftpd.Request) (tftpd.Content, error) { return nil, nil })
	s := tftpd.Server{Opener: nothing, Addrs: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}}
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(context.Background())
	end()
	if err := s.Serve(ended); err != nil {
		t.Fatal(err)
	}
	c := configs.Default().Settings.TFTP
	want := tftpd.Limits{Transfers: c.Limits.Transfers, Unproved: c.Limits.Unproved, PerAddress: c.Limits.PerAddress, PerPrefix: c.Limits.PerPrefix,
		RequestRate: float64(c.Limits.RequestsPerSecond), Memory: int64(c.Cache)}
	if diff := cmp.Diff(want, s.Limits); diff != "" {
		t.Errorf("limits of the configuration and of the engine\n%s", diff)
	}
	if s.MinBlock != c.BlockSize.Min || s.MaxBlock != c.BlockSize.Max || s.MaxWindow != c.WindowSize.Max || s.Silence != c.Retransmit.Silence || s.Pin != c.Pin {
		t.Errorf("blksize %d to %d, windowsize %d, silence %v, pin %v; the configuration says %+v", s.MinBlock, s.MaxBlock, s.MaxWindow, s.Silence, s.Pin, c)
	}
	f := &tftpServe{}
	f.addFlags(&cobra.Command{})
	f.server.Limits.Unproved = want.Unproved // has no flag
	if diff := cmp.Diff(want, f.server.Limits); diff != "" {
		t.Errorf("limits of the configuration and of the flags\n%s", diff)
	}
}
