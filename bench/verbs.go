// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strconv"

	"github.com/bootlace-net/bootlace/bench/plain"
	"github.com/bootlace-net/bootlace/bench/reflector"
)

// servePin is the server that the library's own documentation shows: ADDR ROOT.
func servePin(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("%w: %s ADDR ROOT", errUsage, verbPin)
	}
	failed := make(chan error, 1)
	go func() { failed <- plain.Serve(args[0], args[1]) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return nil // and its goroutines end with the process
	}
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
