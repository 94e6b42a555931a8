// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"os"
	"slices"
	"strings"
)

// Isolated reports whether we run in a container and all interfaces are ends of virtual cables into it: machines that boot
// are then behind the host's NAT. Container engines leave a file or an environment variable; a cable's other end has
// another number than its own (Documentation/ABI/testing/sysfs-class-net, iflink).
func Isolated(nics []Interface) bool {
	marked := os.Getenv("KUBERNETES_SERVICE_HOST") != "" || slices.ContainsFunc([]string{"/.dockerenv", "/run/.containerenv"}, exists)
	return marked && len(nics) > 0 && !slices.ContainsFunc(nics, func(n Interface) bool { return !isCable("/sys/class/net/" + n.Name) })
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
