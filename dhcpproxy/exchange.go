// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"net/netip"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// exchange is one request on its way to an answer, as far as both families of DHCP share it.
type exchange struct {
	arrival  *Arrival
	six      bool // DHCPv6
	opening  bool // a DISCOVER or SOLICIT, by which a machine that has no address begins a boot
	xid      uint32
	client   boot.Client // all that is known of who asks
	family   dhcp4.Family
	server   netip.Addr // that is named in a request; invalid: none
	key      boot.MAC   // under which the machine is remembered
	session  *session   // once it is not refused; for those who hold the lock
	now      moment     // when it came, from then on
	tftpOnly bool       // an iPXE that cannot fetch by HTTP
	noTLS    bool       // an iPXE that says it cannot fetch by HTTPS
	poor     bool       // an iPXE that can start our build, but no kernel

	plan     boot.Plan
	styles   [3]boot.Strategy // memory of the candidates
	strategy boot.Strategy
	why      string // of the strategy
	fresh    bool   // the first packet of a boot
	loop     Loop   // the machine boots again and again
	detail   string // more about a silence
	note     string // something about the network that an operator should know
	system   bool   // nothing in the packet is of firmware or of a loader
}

// answer is what became of the request, but for what is sent.
func (x *exchange) answer(request string, v Verdict, file string) Answer {
	if x.strategy == boot.StrategyUBoot && x.plan.Loader.Base == "" {
		file = strings.TrimSuffix(file, uBootFile)
	}
	return Answer{
		Verdict: v, Request: request, Client: x.client, Plan: x.plan, Strategy: x.strategy, Why: x.why, File: file,
		Detail: x.detail, Fresh: x.fresh, Loop: x.loop, Note: x.note, System: x.system,
	}
}

// Answer is what became of a packet.
type Answer struct {
	Verdict  Verdict
	Request  string      // its type: "DISCOVER", "SOLICIT"; "" for what is none
	Client   boot.Client // all that is known of who asks
	Plan     boot.Plan
	Strategy boot.Strategy
	Why      string // of the strategy
	File     string // name or URL that is offered
	Detail   string // more about a silence
	Fresh    bool   // the first packet of a boot
	Loop     Loop   // the machine boots again and again
	Note     string // something about the network that an operator should know
	System   bool   // an operating system asks for its address: nothing in the packet is of firmware or of a loader

	Reply []byte // what to send; empty: nothing. Shares memory with the buffer given to Respond
	To    Destination
}

// nameless is the key of machines that say nothing to tell them apart. They share their limits, and have no history.
func nameless() boot.MAC { return boot.MAC{1} }

// keyOf is what a machine is remembered under. One that tells neither hardware address nor UUID may still be known by other
// bytes of its packet; what is made of them is nobody's address, because its group bit is set.
func keyOf(c *boot.Client, others ...[]byte) boot.MAC {
	if key := c.Key(); !key.IsZero() {
		return key
	}
	h := uint64(14695981039346656037) // FNV-1a
	known := false
	for _, b := range others {
		for _, c := range b {
			known = known || c != 0
			h = (h ^ uint64(c)) * 1099511628211
		}
	}
	if !known {
		return nameless()
	}
	return boot.MAC{byte(h>>40) | 1, byte(h >> 32), byte(h >> 24), byte(h >> 16), byte(h >> 8), byte(h)}
}

// file is what the client is to load: a name for TFTP, or a URL. A verdict says why there is none.
func (x *exchange) file() (string, Verdict) {
	file, v := x.wanted()
	if v == verdictNone && x.six && x.strategy == boot.StrategyBINL {
		file = x.tree().TFTP().URL(file) // DHCPv6 knows only URLs (RFC 5970 section 3.1)
	}
	if v == verdictNone && !x.six && len(file) >= dhcp4.SizeFile && !x.readsOption67(file) {
		return "", SilentTooLong
	}
	return file, v
}

// tree is where files are served on the machine's network. An IP literal in URLs: EDK2 takes a name only if DHCP gave a DNS
// server too (HttpBootDhcp4.c).
func (x *exchange) tree() boot.Endpoint { return x.arrival.Tree.At(x.arrival.Local) }

// readsOption67 says who takes a name that only option 67 has room for: UEFI (PxeBcDhcp4.c, HttpBootDhcp4.c) and iPXE,
// up to the 255 bytes of an option. BIOS ROMs and shim read the header.
func (x *exchange) readsOption67(file string) bool {
	return len(file) <= 255 && x.strategy != boot.StrategyShim && (x.client.Firmware() == boot.FirmwareUEFI || x.strategy == boot.StrategyIPXE)
}

// uBootFile is a file that U-Boot is told of and that need not exist: only its directory counts (cmd/pxe_utils.c).
const uBootFile = "pxelinux.0"

func (x *exchange) wanted() (string, Verdict) {
	tree, loader := x.tree(), x.plan.Loader
	switch x.strategy {
	case boot.StrategyIPXE:
		switch {
		case x.tftpOnly:
			tree = tree.TFTP()
		case !x.noTLS:
			tree = tree.For(&x.plan, boot.TrustLoader)
		}
		return tree.URL(x.plan.Script.String()), verdictNone
	case boot.StrategyRPi:
		if loader.Base == "" {
			return "", verdictNone // its boot ROM knows the names it wants
		}
	case boot.StrategyUBoot:
		if loader.Base == "" {
			loader = boot.Name{Base: uBootFile}.For(x.plan.Script.Machine)
		}
	case boot.StrategyHTTP:
		switch {
		case loader.Base == "":
			return "", SilentNoLoader
		case tree.Scheme == boot.TFTP:
			return "", SilentNoHTTP
		}
		return tree.For(&x.plan, boot.TrustFirmware).URL(loader.String()), verdictNone
	case boot.StrategyAuto, boot.StrategySkip, boot.StrategyBINL, boot.StrategyMenu, boot.StrategyShim, boot.StrategySilent: // the loader by TFTP
	}
	if loader.Base == "" {
		return "", SilentNoLoader
	}
	return loader.String(), verdictNone
}
