// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"path"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// phase is a part of a boot, in the words of its waterfall.
type phase string

// The phases, in the order in which a boot has them.
const (
	phaseDHCP      phase = "DHCP"
	phase4011      phase = "4011"
	phaseLoader    phase = "loader"
	phaseScript    phase = "script"
	phaseKernel    phase = "kernel"
	phaseInitrd    phase = "initrd"
	phaseInstaller phase = "installer"
	phaseFile      phase = "file"
	phaseNotice    phase = "notice"
	phaseDone      phase = "done"
)

// Class is the phase as the style sheet knows it.
func (p phase) Class() string { return "p-" + strings.ToLower(string(p)) }

// phaseOf says which part of a boot a step is. Of files only the name is known: what is no kernel by its name is a file.
func phaseOf(e *api.Event) phase {
	switch {
	case e.DHCP != nil && strings.HasPrefix(e.DHCP.Port, "4011"):
		return phase4011
	case e.DHCP != nil:
		return phaseDHCP
	case e.Log != nil:
		return phaseInstaller
	case e.File != nil && e.Kind == boot.EventFile.String():
		return phaseOfFile(e.File.Name)
	case e.Kind == boot.EventNotice.String() && strings.Contains(e.Text, " is installed, shown by "):
		return phaseDone
	}
	return phaseNotice
}

// parts tells files by what stands in their names; the first that fits counts.
func phaseOfFile(name string) phase {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	base, _, _ = strings.Cut(base, "?")
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(base, w) {
				return true
			}
		}
		return false
	}
	switch ext := path.Ext(base); {
	case has("initrd", "initramfs", "rootfs") || ext == ".cpio" || ext == ".squashfs" || ext == ".img" || ext == ".gz":
		return phaseInitrd
	case has("vmlinuz", "linux.bin", "bzimage", "wimboot") || base == "linux" || base == "kernel" || base == "image":
		return phaseKernel
	case ext == ".ipxe" || ext == ".cfg" && !has("preseed", "ks.cfg") || strings.Contains(name, "pxelinux.cfg") || has("autoexec"):
		return phaseScript
	case ext == ".efi" || ext == ".kpxe" || ext == ".pxe" || ext == ".lkrn" || ext == ".0" || ext == ".c32" || ext == ".mod" || has("ldlinux", "bootmgfw"):
		return phaseLoader
	case has("preseed", "ks.cfg", "kickstart", "user-data", "meta-data", "autounattend", "ignition", "answer"):
		return phaseInstaller
	}
	return phaseFile
}
