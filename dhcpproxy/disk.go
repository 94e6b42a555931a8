// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// diskAge is how soon a BIOS that was sent to its disk comes again if there is none behind the network in its order: then a
// loader starts the first disk, whatever the order says.
const diskAge = time.Minute

// toDisk decides how a machine gets to its disk whose answer that is. What it was asked to do is no loop, however often it does it.
//
// Firmware is sent there at once, by [exchange.disk]. Loaders that run already find it in their script, which knows more than
// one way; a Raspberry Pi and U-Boot go on by themselves when they find nothing to load.
func (r *Responder) toDisk(x *exchange) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.learn(x, (*boot.History).Arrived)
	x.strategy, x.why = candidates(x)[0], "its answer is its own disk"
	switch {
	case x.client.Stage != boot.StageROM:
		return false
	case x.client.Class == boot.ClassHTTP:
		return x.tree().Scheme != boot.TFTP && (x.opening || x.six)
	case x.six:
		return true
	case !x.opening || x.family != dhcp4.FamilyPXE || x.pinned() != boot.StrategyAuto && x.pinned() != boot.StrategyMenu:
		return false
	}
	return x.session.sendToDisk(x)
}

// sendToDisk reports whether a boot menu is tried that has only the disk. Who asks again took no notice of it, or found no disk.
func (s *session) sendToDisk(x *exchange) bool {
	now := x.now
	switch age := now.age(s.disk.at); {
	case s.disk.same(x.xid, now):
		return age < retryAge
	case s.disk.at != 0 && age < diskAge && x.client.Firmware() == boot.FirmwareBIOS:
		s.disk.at = 0 // once more around, and it is tried again
		return false
	}
	s.disk, x.fresh = attempt{now, x.xid}, true
	return true
}

// disk sends a machine on to its own disk, as fast as its firmware lets it.
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
		return tree.For(&x.plan, boot.TrustFirmware).URL(x.nowhere()), AnsweredLocal
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

// nowhere is the name of a file that there is not, in the machine's tree.
func (x *exchange) nowhere() string {
	return boot.Name{Base: boot.ToDisk}.For(x.plan.Script.Machine).String()
}
