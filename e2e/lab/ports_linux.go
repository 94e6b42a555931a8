// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Ports gives the ports that are bound in the namespace: "udp/69", "tcp/80" (listening). IPv4 and IPv6 are not told apart.
func (n *Namespace) Ports() (map[string]bool, error) {
	found := make(map[string]bool)
	err := n.Do(func() error {
		for _, file := range []string{"udp", "udp6", "tcp", "tcp6"} {
			if err := addPorts(found, file); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

// addPorts reads /proc/thread-self/net, which shows the namespace of the reading thread (proc_net(5)).
func addPorts(found map[string]bool, file string) error {
	f, err := os.Open("/proc/thread-self/net/" + file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	proto := strings.TrimSuffix(file, "6")
	for s := bufio.NewScanner(f); s.Scan(); {
		w := strings.Fields(s.Text())
		if len(w) < 4 || proto == "tcp" && w[3] != "0A" { // 0A is TCP_LISTEN
			continue
		}
		_, hex, _ := strings.Cut(w[1], ":")
		if port, err := strconv.ParseUint(hex, 16, 16); err == nil {
			found[proto+"/"+strconv.FormatUint(port, 10)] = true
		}
	}
	return nil
}

// WaitPorts waits until a program has bound all ports, given as Ports gives them.
func (n *Namespace) WaitPorts(ctx context.Context, p *Process, ports ...string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		have, err := n.Ports()
		if err != nil {
			return err
		}
		missing := absent(have, ports)
		if missing == "" {
			return nil
		}
		select {
		case <-p.Done():
			return fmt.Errorf("%s ended before it bound %s: %w", p.Name, missing, p.Err())
		case <-ctx.Done():
			return fmt.Errorf("%s has not bound %s: %w", p.Name, missing, context.Cause(ctx))
		case <-tick.C:
		}
	}
}

func absent(have map[string]bool, want []string) string {
	for _, p := range want {
		if !have[p] {
			return p
		}
	}
	return ""
}
