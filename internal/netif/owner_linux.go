// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// portOwner looks for the sockets of both families: an IPv6 socket may have the port for IPv4 too.
func portOwner(network string, port uint16) string {
	inodes := map[string]bool{}
	for _, version := range []string{"", "6"} {
		maps.Copy(inodes, socketInodes("/proc/thread-self/net/"+network+version, port))
	}
	if len(inodes) == 0 {
		return ""
	}
	links, err := filepath.Glob("/proc/[0-9]*/fd/[0-9]*")
	if err != nil {
		return Unnamed
	}
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || !inodes[strings.TrimSuffix(strings.TrimPrefix(target, "socket:["), "]")] {
			continue
		}
		pid := strings.Split(link, "/")[2]
		name, err := os.ReadFile("/proc/" + pid + "/comm")
		if err != nil {
			continue
		}
		return fmt.Sprintf("%s (pid %s)", strings.TrimSpace(string(name)), pid)
	}
	return Unnamed
}

// socketInodes reads the sockets of a port out of the kernel's table: local address in column 1, inode in column 9.
func socketInodes(table string, port uint16) map[string]bool {
	f, err := os.Open(table)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }() // only read
	found := map[string]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		cols := strings.Fields(lines.Text())
		if len(cols) < 10 {
			continue
		}
		_, hex, ok := strings.Cut(cols[1], ":")
		if n, err := strconv.ParseUint(hex, 16, 16); ok && err == nil && uint16(n) == port {
			found[cols[9]] = true
		}
	}
	return found
}
