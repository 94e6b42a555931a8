// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/bootlace-net/bootlace/e2e/lab"
)

func (b *boot) dhcp(ctx context.Context) error {
	log, err := b.log("dhcp.log")
	if err != nil {
		return err
	}
	host, addr := b.net.DHCP, lab.DHCPAddr()
	if b.c.Beside {
		host, addr = b.net.Boot, lab.BootAddr()
	}
	dir := filepath.Join(b.dir, "dhcp")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if b.plain, err = host.StartDHCP(ctx, dir, addr, b.c.DHCP, log); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(log.Name(), 10))
	}
	b.later(b.plain.Stop)
	return nil
}

// rival starts another ProxyDHCP server on a host of its own.
func (b *boot) rival(ctx context.Context) error {
	if !b.c.Rival {
		return nil
	}
	log, err := b.log("rival.log")
	if err != nil {
		return err
	}
	p, err := b.net.StartRival(ctx, log)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, tail(log.Name(), 10))
	}
	b.later(p.Stop)
	return nil
}

func (b *boot) router(context.Context) error {
	flags := byte(lab.RouterOnly)
	if b.c.IPv6 {
		flags = lab.RouterManaged
	}
	r, err := b.net.DHCP.NewRouter(flags)
	if err != nil {
		return err
	}
	b.later(func() error { r.Close(); return nil })
	return nil
}

// readyTimeout is how long Bootlace may take to bind its ports; it needs milliseconds.
const readyTimeout = time.Minute

// serve starts Bootlace as an operator would.
func (b *boot) serve(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(b.dir, "server.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	b.later(log.Close)
	b.server, err = b.net.Boot.Start(log, b.Binary, "serve", "--config", filepath.Join(b.dir, "etc"),
		"--state", filepath.Join(b.dir, "state"), "--interface", lab.Interface, "--log-format", "text")
	if err != nil {
		return err
	}
	b.later(b.server.Stop)
	ready := b.c.Ready
	if ready == nil {
		ready = []string{"udp/4011", "udp/69", "tcp/80"} // 67 stays free for a DHCP server
	}
	ctx, cancel := context.WithTimeoutCause(ctx, readyTimeout, fmt.Errorf("not within %v", readyTimeout))
	defer cancel()
	return b.net.Boot.WaitPorts(ctx, b.server, ready...)
}

// crash kills Bootlace, with whatever it has begun, and starts it anew.
func (b *boot) crash(ctx context.Context) error {
	b.crashed = true
	if err := b.server.Kill(); err != nil {
		return err
	}
	return b.serve(ctx)
}
