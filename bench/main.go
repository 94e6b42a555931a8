// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Verbs that this program gives itself; a user gives flags only.
const (
	verbInside    = "inside"    // the benchmark, in its namespace
	verbPin       = "pin"       // the plain pin/tftp server
	verbReflector = "reflector" // the floor
	verbEnter     = "enter"     // a server in the other namespace of the DHCP case
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := dispatch(ctx, args, stdout, stderr)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	_, _ = fmt.Fprintln(stderr, "bench:", err)
	if errors.Is(err, errUsage) {
		return 2
	}
	return 1
}

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	verb := ""
	if len(args) > 0 {
		verb = args[0]
	}
	switch verb {
	case verbPin:
		return servePin(ctx, args[1:])
	case verbReflector:
		return serveReflector(ctx, args[1:])
	case verbEnter:
		return enter(args[1:])
	case verbInside:
		o, err := parse(args[1:], stderr)
		if err != nil {
			return err
		}
		if err := settle(); err != nil {
			return err
		}
		return benchmark(ctx, o, stdout)
	}
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if o.list {
		return list(o, stdout)
	}
	return outside(ctx, o, args, stdout, stderr)
}
