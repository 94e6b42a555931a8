// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"

	"github.com/pin/tftp/v3"

	"github.com/bootlace-net/bootlace/bench/reflector"
)

// servePin is the server that the library's own documentation shows: ADDR ROOT.
func servePin(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("%w: %s ADDR ROOT", errUsage, verbPin)
	}
	s := tftp.NewServer(func(name string, rf io.ReaderFrom) error {
		f, err := os.Open(filepath.Join(args[1], filepath.Clean("/"+name)))
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = rf.ReadFrom(f)
		return err
	}, nil)
	go func() {
		<-ctx.Done()
		os.Exit(0) // Shutdown would wait for clients that are gone
	}()
	return s.ListenAndServe(args[0])
}

// serveReflector is the floor: ADDR FILE BLKSIZE WINDOWSIZE.
func serveReflector(ctx context.Context, args []string) error {
	if len(args) != 4 {
		return fmt.Errorf("%w: %s ADDR FILE BLKSIZE WINDOWSIZE", errUsage, verbReflector)
	}
	addr, err := netip.ParseAddrPort(args[0])
	if err != nil {
		return err
	}
	content, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	blksize, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	window, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	return reflector.Serve(ctx, addr, reflector.Config{Content: content, Blksize: blksize, Windowsize: window, GSO: true}, nil)
}
