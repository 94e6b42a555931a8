// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

// rival is a kind of other server that keeps machines from taking our offers.
type rival uint8

const (
	rivalProxy rival = iota // another ProxyDHCP server
	rivalClass              // a DHCP server that says PXEClient in option 60
	rivalFile               // a DHCP server that names a boot file of its own
	rivalCount
)

// String names the kind in metrics.
func (k rival) String() string { return [...]string{"proxy", "option-60", "boot-file"}[k] }
