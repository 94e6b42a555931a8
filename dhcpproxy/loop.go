// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// scriptsPerBoot is how many of its DHCP exchanges an iPXE may need in one boot: one for the ROM's, one for ours, and the
// repetitions of a slow link.
const scriptsPerBoot = 4

// count counts a boot, and says how many there were when they are too many.
func (r *Responder) count(b *boot.Boots, now time.Time, fresh bool, most int) int {
	n := b.Count
	switch {
	case r.Limits.Returns <= 0:
		return 0
	case fresh:
		n = b.Add(now, r.Limits.Within)
	case now.Sub(b.Since) > r.Limits.Within:
		n = 0
	}
	if n > most {
		return n
	}
	return 0
}

// Looping says how often a machine came back, where that is too often by now.
func (l *Limits) Looping(h *boot.History, now time.Time) int {
	n := 0
	for _, way := range []struct {
		boots boot.Boots
		most  int
	}{{h.ROM, l.Returns}, {h.ROM6, l.Returns}, {h.IPXE, l.Returns * scriptsPerBoot}, {h.IPXE6, l.Returns * scriptsPerBoot}} {
		if l.Returns > 0 && way.boots.Count > way.most && now.Sub(way.boots.Since) <= l.Within {
			n = max(n, way.boots.Count)
		}
	}
	return n
}

// disk sends a machine that boots again and again on to its own disk, as fast as its firmware lets it.
//
// PXE over IPv4 knows a menu whose only item is the local disk. UEFI HTTP Boot and DHCPv6 know nothing like it, and silence
// costs EDK2 all four of its tries, a minute: 4, 8, 16 and 32 s (HttpBootDhcp4.c, PxeBcDhcp4.h). So they get the URL of a
// file that is not there. EDK2 takes the offer when its first try ends, asks for the file's size, is told "not found", and
// gives up at once (HttpBootImpl.c, GetBootFileError; PxeBcBoot.c, PXE-E23): the boot manager goes on with its next option.
func (x *exchange) disk() (file string, v Verdict) {
	tree := x.tree()
	switch {
	case x.client.Class == boot.ClassHTTP && tree.Scheme == boot.TFTP:
		return "", SilentLoop
	case x.client.Class == boot.ClassHTTP && (x.opening || x.six):
		return tree.URL(x.nowhere()), AnsweredLocal
	case x.six && (x.strategy == boot.StrategyBINL || x.tftpOnly):
		return tree.TFTP().URL(x.nowhere()), AnsweredLocal
	case x.six:
		return tree.URL(x.nowhere()), AnsweredLocal
	case x.opening && x.client.Class == boot.ClassPXE:
		x.strategy = boot.StrategyMenu
		return "", AnsweredLocal
	}
	return "", SilentLoop
}

// nowhere is the name of a file that there is not. It tells those who see it being asked for what is meant.
func (x *exchange) nowhere() string {
	return boot.Name{Base: "boot-the-local-disk"}.For(x.plan.Script.Machine).String()
}
