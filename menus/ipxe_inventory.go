// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Names of what an iPXE says of its machine: the script that does it, and where it is sent. A profile's own file of the first name
// comes before.
const (
	inventoryScript = "inventory.ipxe"
	inventoryTo     = "inventory"
)

// inventoryTimeout is how long a machine waits at most, in milliseconds: twice, for the script and for what it sends. In a network that
// works it takes a few.
const inventoryTimeout = 2000

// syslogPort is the only one that iPXE knows (include/ipxe/syslog.h).
const syslogPort = 514

// tellings has the machine log to us and say what it runs on, before anything else. Both are nothing to a build that cannot.
func (w *ipxeWriter) tellings() {
	if w.visit.Name.Kind != boot.KindIPXE {
		return
	}
	if w.takesSyslog() {
		setting := "syslog"
		if w.visit.Server.Host.Unmap().Is6() {
			setting = "syslog6"
		}
		w.line("set", setting, w.visit.Server.Host.Unmap().WithZone("").String(), "||")
	}
	if w.tree.opts.Inventory && w.visit.Server.Scheme != boot.TFTP {
		w.line("isset ${inventoried} || chain --autofree --timeout", strconv.Itoa(inventoryTimeout), w.url(w.rendered(inventoryScript)), "||")
	}
}

// takesSyslog reports whether somebody listens at the address that the machine asked.
func (w *ipxeWriter) takesSyslog() bool {
	return slices.ContainsFunc(w.tree.opts.Syslog, func(a netip.AddrPort) bool {
		everywhere := !a.Addr().IsValid() || a.Addr().IsUnspecified() && a.Addr().Is4() == w.visit.Server.Host.Unmap().Is4()
		return a.Port() == syslogPort && (everywhere || a.Addr() == w.visit.Server.Host.Unmap())
	})
}

// isInventory knows the name of the script that sends an inventory.
func (t *Tree) isInventory(n boot.Name) bool { return t.opts.Inventory && n.Path() == inventoryScript }

// inventoryValues are what is said: the keys of an inventory, and iPXE's settings. What a build or a machine does not have is empty.
func inventoryValues() [][2]string {
	nics := make([]string, 8)
	for i := range nics {
		nics[i] = "${net" + strconv.Itoa(i) + "/mac}"
	}
	return [][2]string{
		{"serial", "serial"}, {"uuid", "uuid"}, {"manufacturer", "manufacturer"}, {"product", "product"}, {"asset", "asset"},
		{"version", "version"}, {"platform", "platform"}, {"buildarch", "buildarch"}, {"mac", "netX/mac"}, {"chip", "netX/chip"},
		{"nics", strings.Join(nics, ",")},
		{"switch", "netX.lldp/5.0.0.0:string"}, {"port", "netX.lldp/4.0.0.0:string"}, // the TLVs of IEEE 802.1AB, in net/lldp.c's words
		{"dimms", smbios(33, "17.12.2")}, {"dimmsx", smbios(33, "17.28.4")}, {"ranges", smbios(5, "19.4.8")}, {"rangesx", smbios(5, "19.15.16")},
		{"secureboot", "efi/SecureBoot:hexraw"}, {"setupmode", "efi/SetupMode:hexraw"}, {"db", "efi/db:hexraw"},
	}
}

// smbios are the bytes of a field of so many structures: type, offset and length. iPXE gives them in the order that they have in memory. Of
// memory devices and of mapped ranges a machine has fewer than are asked for, or how much memory it has stays unknown.
func smbios(instances int, field string) string {
	words := make([]string, instances)
	for i := range words {
		words[i] = "${smbios/" + strconv.Itoa(i) + "." + field + ":hexraw}"
	}
	return strings.Join(words, ",")
}

// writeInventory is a script that sends them and comes back, whatever became of that. A build without the command params sends a query,
// which is no place for the keys that a firmware trusts: those are kilobytes.
func writeInventory(s *session) ([]byte, error) {
	w := &ipxeWriter{session: s}
	w.line("#!ipxe")
	w.line("set inventoried yes")
	w.line("set inventory", w.url(w.rendered(inventoryTo)))
	w.line("params --name inventory || goto query")
	query := make([]string, 0, len(inventoryValues()))
	for _, v := range inventoryValues() {
		key, value := v[0], v[1]
		if !strings.Contains(value, "$") {
			value = "${" + value + "}"
		}
		w.line("param --params inventory", key, value, "||")
		if key != "db" {
			query = append(query, key+"="+inQuery(value))
		}
	}
	w.send("${inventory}##params=inventory")
	w.line("goto sent")
	w.line(":query")
	w.send("${inventory}?" + strings.Join(query, "&"))
	w.line(":sent")
	return []byte(w.String()), nil
}

// inQuery has iPXE escape a text; addresses and numbers need that not.
func inQuery(value string) string {
	if strings.Contains(value, "/mac}") || strings.Contains(value, ":hexraw}") || value == "${uuid}" {
		return value
	}
	return strings.TrimSuffix(strings.TrimSuffix(value, "}"), ":string") + ":uristring}"
}

// send fetches what nobody reads, and forgets it: to a kernel every image is a part of its initrd.
func (w *ipxeWriter) send(url string) {
	w.line("imgfetch --timeout", strconv.Itoa(inventoryTimeout), "--name inventory", url, "&& imgfree inventory ||")
}
