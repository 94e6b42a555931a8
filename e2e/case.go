// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"hash/crc32"
	"net"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/e2e/lab"
)

// Case is one machine that boots one way. In its patterns and files {mac} and {dash} stand for the machine's address with
// colons and dashes, {token} for the token of the boot.
type Case struct {
	Name    string
	About   string
	Client  string // what asks the network first: "iPXE option ROM", "PXEv4", "HTTP Boot"
	Machine lab.Machine
	Disk    Disk
	// PlainROM hides from the network that the option ROM is an iPXE, so that it stands for one that is none.
	PlainROM bool
	Config   Config
	DHCP     lab.DHCPOptions
	Rival    bool // another ProxyDHCP server is on the wire
	Beside   bool // the plain DHCP server runs on the boot server's host
	Later    bool // the plain DHCP server starts after Bootlace
	IPv6     bool // addresses by DHCPv6: router advertisements say so
	Ready    []string

	Console  []string // patterns that must all appear on the serial console
	Story    []string // patterns of steps that must be found in this order (trace.Step)
	Never    []string // patterns of steps that must not be found
	Silent   bool     // Bootlace must not send this machine anything
	Direct   bool     // the boot information does not come by a ProxyDHCP reply
	Log      []string // patterns that must be found in Bootlace's log
	NeverLog []string // patterns that must not
	Ends     string   // how it ends, for the report; "": what follows from the rest
	Keys     []Key
	// Adopt is how often the machine is to show its code before it is adopted by it; 0: it does not wait.
	Adopt int
	// Installed is how often the disk is to have been installed in the end; for BareDisk.
	Installed int

	Crash   time.Duration // so long after the machine was switched on Bootlace is killed and started anew; 0: it is not
	Loss    int           // the switch drops one of so many UDP packets; 0: none
	Timeout time.Duration // how long nothing may happen on console and network; 0: two minutes
	Longest time.Duration // when it is given up that still does something; 0: ten minutes
	Hold    time.Duration // goes on watching so long after the console said what it should
}

// Key is what is typed when a pattern has appeared on the console.
type Key struct{ After, Type string }

// Disk is what the machine finds when it goes on from the network.
type Disk string

// The disks.
const (
	NoDisk    Disk = ""
	BIOSDisk  Disk = "bios"
	UEFIDisk  Disk = "uefi"
	UEFIAgain Disk = "uefi, which restarts the machine"
	// BareDisk has nothing on it until something is installed.
	BareDisk Disk = "bare"
)

// Config is what the boot server is given.
type Config struct {
	Appliance string            // bootlace.yaml
	Profile   string            // profiles/target.yaml
	Host      string            // more keys of the machine's entry in hosts/, indented by four
	Unknown   bool              // the machine has no entry in hosts/
	Images    map[string]string // files below images/: name, and where to take it from; a directory is taken whole
	Signed    map[string]string // the same, of programs that `bootlace loaders sign` signs with the firmware owner's key
	Authority bool              // an authority and a certificate by it are made before Bootlace starts: `bootlace api init`
	Script    string            // filled into those of them that are iPXE
	// Mirror has this kernel and this initrd as Debian's, signed; they are pulled from it as debian/12 before Bootlace starts.
	Mirror [2]string
	// Medium has this kernel and this initrd as a live medium of Debian has its own; it is imported as debian-live/12 before Bootlace
	// starts.
	Medium [2]string
}

// defaultTimeout is far beyond any pause of firmware that still goes on, on a machine that is busy with other things.
const defaultTimeout = 2 * time.Minute

// longest is when a boot is given up that still does something, unless the case says otherwise: one that goes round in circles.
const longest = 10 * time.Minute

// MAC is the machine's address: a fixed one for each case, so that captures of different runs compare.
func (c Case) MAC() net.HardwareAddr {
	n := crc32.ChecksumIEEE([]byte(c.Name))
	return net.HardwareAddr{0x52, 0x54, 0x00, 0x77, byte(n >> 8), byte(n)}
}

func (c Case) timeout() time.Duration {
	if c.Timeout == 0 {
		return defaultTimeout
	}
	return c.Timeout
}

// fill puts this boot's values into a text.
func (c Case) fill(s, token string) string {
	mac := c.MAC().String()
	return strings.NewReplacer("{mac}", mac, "{dash}", strings.ReplaceAll(mac, ":", "-"), "{token}", token).Replace(s)
}
