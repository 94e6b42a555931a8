// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// DHCPServer is a plain DHCP server of Debian's: it gives addresses and knows nothing of booting.
type DHCPServer string

// The servers.
const (
	ISC     DHCPServer = "isc-dhcpd"
	ISC6    DHCPServer = "isc-dhcpd -6" // which gives addresses by DHCPv6 alone
	Dnsmasq DHCPServer = "dnsmasq"
)

// DHCPOptions are what a plain DHCP server is told beyond its range of addresses.
type DHCPOptions struct {
	Server DHCPServer
	// NextServer puts the boot server's address into siaddr, as sites with GRUB do: GRUB before
	// 2.12 takes its server from the DHCP server's ACK only, never from a ProxyDHCP offer. No file is named.
	NextServer bool
	// IPv6 also gives addresses by DHCPv6, from the same process. Only dnsmasq does that here.
	IPv6 bool
	// BootURL6 is a boot file that the DHCPv6 server itself names, as sites without a proxy do.
	BootURL6 string
	// Class60 sends option 60 PXEClient, as servers do that a boot server was once beside. Only dhcpd does that here.
	Class60 bool
	// Slow is how many seconds the server waits for the answer to a ping before it offers an address. Only dhcpd does that here.
	Slow int
	// File is a boot file of its own, on the DHCP server. Only dhcpd has one here.
	File string
}

// Meddles reports whether the server says something of booting, which it should not.
func (o DHCPOptions) Meddles() bool { return o.Class60 || o.File != "" }

// Ports are what the server binds.
func (o DHCPOptions) Ports() []string {
	switch {
	case o.Server == ISC6:
		return []string{"udp/547"}
	case o.IPv6:
		return []string{"udp/67", "udp/547"}
	}
	return []string{"udp/67"}
}

func (o DHCPOptions) command(dir string, me netip.Addr) ([]string, error) {
	if o.Server == Dnsmasq {
		return o.dnsmasq(dir), nil
	}
	return o.isc(dir, me)
}

func (o DHCPOptions) dnsmasq(dir string) []string {
	argv := []string{
		"dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root", "--log-facility=-", "--log-dhcp",
		"--no-ping", "--interface=" + Interface, "--except-interface=lo", "--dhcp-leasefile=" + filepath.Join(dir, "leases"),
		"--dhcp-range=10.77.0.100,10.77.0.199,1h", "--pid-file=" + filepath.Join(dir, "pid"),
	}
	if o.NextServer {
		argv = append(argv, "--dhcp-boot=,,"+BootAddr().String())
	}
	if o.IPv6 {
		argv = append(argv, "--dhcp-range="+prefix6+"100,"+prefix6+"1ff,64,1h")
	}
	if o.BootURL6 != "" {
		argv = append(argv, "--dhcp-option=option6:bootfile-url,"+o.BootURL6)
	}
	return argv
}

const iscConfig = `authoritative;
ping-check %[2]t;
ping-timeout %[3]d;
default-lease-time 3600;
subnet 10.77.0.0 netmask 255.255.255.0 {
	range 10.77.0.100 10.77.0.199;
	option routers %[1]s;
	option domain-name-servers %[1]s;
}
`

// iscText is dhcpd's configuration.
func (o DHCPOptions) iscText(me netip.Addr) string {
	if o.Server == ISC6 {
		return "subnet6 " + prefix6 + "/64 {range6 " + prefix6 + "100 " + prefix6 + "1ff;}\n"
	}
	config := fmt.Sprintf(iscConfig, me, o.Slow > 0, max(o.Slow, 1))
	if o.Class60 {
		config += "option vendor-class-identifier \"PXEClient\";\n"
	}
	if o.File != "" {
		config += fmt.Sprintf("filename %q;\n", o.File)
	}
	if o.NextServer {
		config += fmt.Sprintf("next-server %s;\n", BootAddr())
	}
	return config
}

// isc runs a copy of dhcpd: where AppArmor is on, Debian confines the program at its own path to its own directories.
func (o DHCPOptions) isc(dir string, me netip.Addr) ([]string, error) {
	path, err := exec.LookPath("dhcpd")
	if err != nil {
		return nil, fmt.Errorf("the plain DHCP server: %w (Debian package isc-dhcp-server)", err)
	}
	version := "-4"
	if o.Server == ISC6 {
		version = "-6"
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(
		Copy(file("dhcpd"), path),
		os.WriteFile(file("dhcpd.conf"), []byte(o.iscText(me)), 0o644),
		os.WriteFile(file("leases"), nil, 0o644),
	); err != nil {
		return nil, err
	}
	return strings.Fields(file("dhcpd") + " " + version + " -f -d --no-pid -cf " + file("dhcpd.conf") + " -lf " + file("leases") + " " + Interface), nil
}

// Copy makes dst the same file as src: a hard link where that is possible.
func Copy(dst, src string) error {
	src, err := filepath.EvalSymlinks(src)
	if err != nil {
		return err
	}
	if os.Link(src, dst) == nil {
		return nil
	}
	info, err := os.Stat(src)
	if err != nil {
		return err
	}
	body, err := os.ReadFile(src)
	if err != nil {
		return err
	}
	return os.WriteFile(dst, body, info.Mode().Perm())
}
