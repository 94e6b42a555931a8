// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"os"
	"slices"
	"strings"
)

// Isolated reports whether we run in a container and all interfaces are ends of virtual cables into it, with the host as the way
// out: machines that boot are then behind the host's NAT. Container engines leave a file or an environment variable; a cable's
// other end has another number than its own (Documentation/ABI/testing/sysfs-class-net, iflink). A cable without a way out leads
// to a network that somebody has made for booting.
func Isolated(nics []Interface) bool {
	marked := os.Getenv("KUBERNETES_SERVICE_HOST") != "" || slices.ContainsFunc([]string{"/.dockerenv", "/run/.containerenv"}, exists)
	routes, err := os.ReadFile("/proc/net/route")
	return err == nil && marked && behind(nics, string(routes), "/sys/class/net/")
}

// behind reports whether all interfaces are cables, and one of them is the way to everywhere else.
func behind(nics []Interface, routes, sysfs string) bool {
	cable := func(n Interface) bool { return isCable(sysfs + n.Name) }
	return slices.ContainsFunc(nics, func(n Interface) bool { return isWayOut(routes, n.Name) }) &&
		!slices.ContainsFunc(nics, func(n Interface) bool { return !cable(n) })
}

// isWayOut reports whether a table of routes (/proc/net/route) has a default route through an interface.
func isWayOut(routes, name string) bool {
	for line := range strings.Lines(routes) {
		if f := strings.Fields(line); len(f) > 7 && f[0] == name && f[1] == "00000000" && f[7] == "00000000" { // destination and mask
			return true
		}
	}
	return false
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// isCable reports whether the interface of a sysfs directory is one end of a virtual cable (veth). macvlan and VLANs have a number of something
// else too, but also a kind of their own; cards have a device.
func isCable(dir string) bool {
	own, err := os.ReadFile(dir + "/ifindex")
	if err != nil {
		return false
	}
	other, err := os.ReadFile(dir + "/iflink")
	if err != nil {
		return false
	}
	event, err := os.ReadFile(dir + "/uevent")
	return err == nil && string(own) != string(other) && !strings.Contains(string(event), "DEVTYPE=") && !exists(dir+"/device")
}
