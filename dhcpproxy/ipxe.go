// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import "github.com/bootlace-net/bootlace/boot"

// Features an iPXE announces as sub-options of option 175 (src/include/ipxe/features.h).
const (
	featureHTTP    = 0x13
	featureBzImage = 0x18
	featurePXE     = 0x21
)

func (m *message) hasFeature(code byte) bool { return subOption(m.ipxe, code) != nil }

// fetchesHTTP reports whether an iPXE can take a script by HTTP. One that says nothing about its features is given the
// benefit of the doubt: every build since 2010 can.
func (m *message) fetchesHTTP() bool { return len(m.ipxe) == 0 || m.hasFeature(featureHTTP) }

// needsUpgrade reports whether a foreign iPXE can start neither a Linux kernel nor an EFI program, but can start our
// build: NIC vendors ship ROMs cut down to fit their flash. Our own is never told to load itself again, and a machine that
// came back from our build with the same poor iPXE gets the script: that is a loop, not an upgrade.
func (m *message) needsUpgrade(c *boot.Client, loader boot.Name) bool {
	if c.Stage != boot.StageIPXE || len(m.ipxe) == 0 || loader.Base == "" {
		return false
	}
	if c.Firmware() == boot.FirmwareBIOS {
		return !m.hasFeature(featureBzImage) && m.hasFeature(featurePXE)
	}
	return false // an EFI build starts EFI programs, and kernels are EFI programs
}
