// SPDX-License-Identifier: Apache-2.0

package dhcp4

// Features an iPXE announces as sub-options of option 175 (src/include/ipxe/features.h).
const (
	FeatureHTTP    = 0x13
	FeatureHTTPS   = 0x14
	FeatureBzImage = 0x18
	FeaturePXE     = 0x21
)

// IPXEPriority is the sub-option of option 175 by which a server says how much its offer is worth: a signed byte (DHCP_EB_PRIORITY
// in src/include/ipxe/dhcp.h).
const IPXEPriority = 1

// IPXENoProxy is the one by which a DHCP server says that there is no proxy to wait for (DHCP_EB_NO_PXEDHCP).
const IPXENoProxy = 0xb0

// HasFeature reports whether an iPXE announces a feature.
func (m *Message) HasFeature(code byte) bool { return SubOption(m.IPXE, code) != nil }

// FetchesHTTP reports whether an iPXE can take a script by HTTP. One that says nothing about its features is given the
// benefit of the doubt: every build since 2010 can.
func (m *Message) FetchesHTTP() bool { return len(m.IPXE) == 0 || m.HasFeature(FeatureHTTP) }

// FetchesHTTPS reports whether an iPXE can do so by HTTPS, which BIOS builds mostly cannot. One that says nothing is what the operator
// says it is.
func (m *Message) FetchesHTTPS() bool { return len(m.IPXE) == 0 || m.HasFeature(FeatureHTTPS) }
