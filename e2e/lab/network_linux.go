// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
)

// Lab is the network. Its hosts live as long as it does.
type Lab struct {
	Switch, DHCP, Boot *Namespace
	others             []*Namespace
}

// New makes the network; Close takes it away.
func New() (*Lab, error) {
	l := &Lab{}
	if err := errors.Join(l.hosts(), l.wire()); err != nil {
		l.Close()
		return nil, fmt.Errorf("lab: %w", err)
	}
	return l, nil
}

func (l *Lab) hosts() error {
	for name, n := range map[string]**Namespace{"switch": &l.Switch, "dhcp": &l.DHCP, "boot": &l.Boot} {
		var err error
		if *n, err = NewNamespace(name); err != nil {
			return err
		}
	}
	return nil
}

// Close ends what runs in the lab and removes it.
func (l *Lab) Close() {
	for _, n := range append([]*Namespace{l.Switch, l.DHCP, l.Boot}, l.others...) {
		if n != nil {
			n.Close()
		}
	}
}

func (l *Lab) wire() error {
	if l.Switch == nil || l.DHCP == nil || l.Boot == nil {
		return nil
	}
	if err := l.bridge(); err != nil {
		return err
	}
	return errors.Join(l.plug(l.DHCP, DHCPAddr(), prefix6+"1"), l.plug(l.Boot, BootAddr(), prefix6+"2"))
}

// bridge makes the switch without spanning tree: firmware gives up long before a port forwards with it, and that is a
// network's fault, not a boot server's.
func (l *Lab) bridge() error {
	return l.Switch.ip(
		"link set lo up",
		"link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
		"link set br0 addrgenmode none up",
		"tuntap add dev "+Tap+" mode tap",
		"link set "+Tap+" addrgenmode none master br0 up",
	)
}

// plug connects a host to the switch. Duplicate address detection is off: it would keep an address unusable for seconds.
// Router advertisements are for the machines: a host has the addresses it is given here and no others.
func (l *Lab) plug(host *Namespace, addr netip.Addr, addr6 string) error {
	if err := l.Switch.ip(
		"link add to-"+host.Name+" type veth peer name "+Interface+" netns "+host.Path(),
		"link set to-"+host.Name+" addrgenmode none master br0 up",
	); err != nil {
		return err
	}
	for _, key := range []string{"accept_dad", "accept_ra"} {
		if err := host.sysctl("net/ipv6/conf/"+Interface+"/"+key, "0"); err != nil {
			return err
		}
	}
	return host.ip(
		"link set lo up",
		"addr add "+addr.String()+"/24 brd + dev "+Interface,
		"addr add "+addr6+"/64 dev "+Interface+" nodad",
		"link set "+Interface+" up",
	)
}

// ip runs iproute2 commands, one after another.
func (n *Namespace) ip(commands ...string) error {
	for _, c := range commands {
		if err := n.Run("", "ip", strings.Fields(c)...); err != nil {
			return err
		}
	}
	return nil
}

// sysctl sets a value; /proc/sys/net shows the namespace of the thread that opens it.
func (n *Namespace) sysctl(key, value string) error {
	return n.Do(func() error { return os.WriteFile("/proc/sys/"+key, []byte(value), 0o644) })
}

// Loss makes the switch drop one of every n UDP packets that are not DHCP, in either direction; 0 drops none.
// It counts instead of drawing lots, so that every run loses the same share. An odd n hits data and acknowledgements
// in turn.
func (l *Lab) Loss(n int) error {
	const table = "add table bridge loss\ndelete table bridge loss\n"
	if n == 0 {
		return l.Switch.Run(table, "nft", "-f", "-")
	}
	rules := fmt.Sprintf(table+`table bridge loss {
	chain forward {
		type filter hook forward priority 0;
		meta protocol ip meta l4proto udp udp dport != { 67, 68, 4011 } numgen inc mod %d == %d counter drop
	}
}
`, n, n/2)
	return l.Switch.Run(rules, "nft", "-f", "-")
}
