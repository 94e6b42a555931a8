// SPDX-License-Identifier: Apache-2.0

// Command bootlace is a network-boot appliance.
//
// It answers PXE, iPXE and UEFI HTTP Boot clients beside the site's DHCP server and serves each machine the boot tree
// that its YAML profile says, over TFTP and HTTP.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/bootlace-net/bootlace/internal/privileges"
)

func main() {
	// After the first signal handling stops, so that a second Ctrl-C ends at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	if err := privileges.Raise(); err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "bootlace: %v\n", err) // what needs them says so itself
	}
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
