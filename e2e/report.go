// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"cmp"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/e2e/trace"
)

// packages are those of Debian whose versions a report names.
func packages() []string {
	return strings.Fields("qemu-system-x86 qemu-system-arm qemu-efi-aarch64 u-boot-qemu seabios ovmf ipxe-qemu pxelinux shim-signed grub-efi-amd64-signed " +
		"debian-installer-12-netboot-amd64 isc-dhcp-server dnsmasq-base")
}

// WriteReport writes a markdown table of firmware, strategy and result.
func WriteReport(w io.Writer, results []Result) error {
	var b strings.Builder
	b.WriteString("| case | firmware | first client | offers | loader | files by | result | seconds | MB |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | ---: | ---: |\n")
	for _, r := range results {
		b.WriteString(row(r))
	}
	b.WriteString("\nSeconds are from power on to the target's first line, with QEMU under " + accelOf(results) +
		" and other boots beside it; MB is what passed the machine's port, both ways.\n\n")
	for _, r := range results {
		fmt.Fprintf(&b, "* `%s`: %s\n", r.Case.Name, r.Case.About)
	}
	b.WriteString("\nWith " + versions() + ".\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func row(r Result) string {
	offers, first, loaded, size := "none", "none", "nothing", 0.0
	if r.Trace != nil {
		offers, loaded = cmp.Or(strategies(r.Trace), offers), cmp.Or(protocols(r), loaded)
		first, size = cmp.Or(loaders(r.Trace), first), float64(r.Trace.Bytes)/1e6
	}
	verdict := "boots"
	switch {
	case r.Err != nil:
		verdict = "**fails**"
	case r.Case.Ends != "":
		verdict = r.Case.Ends
	case r.Case.Silent:
		verdict = "left alone"
	case r.Case.Disk != NoDisk:
		verdict = "goes on to its disk"
	case r.Case.Config.Unknown:
		verdict = "shows the menu"
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s | %s | %.1f | %.1f |\n", r.Case.Name, r.Case.Machine.Firmware, r.Case.Client, offers,
		first, loaded, verdict, r.Took.Seconds(), size)
}

// loaders gives the programs that the firmware was sent, in order.
func loaders(t *trace.Trace) string {
	var out []string
	for _, s := range t.Story() {
		words := strings.Fields(s.Text)
		if words[0] != "tftp" && words[0] != "http" || !slices.Contains([]string{"complete", "200"}, words[len(words)-1]) {
			continue
		}
		name := path.Base(words[len(words)-2])
		program := slices.Contains([]string{".efi", ".kpxe", ".0"}, path.Ext(name))
		if program && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// protocols says by what the files came.
func protocols(r Result) string {
	var out []string
	if len(r.Trace.Transfers()) > 0 {
		out = append(out, "TFTP")
	}
	if len(r.Trace.Requests()) > 0 {
		out = append(out, "HTTP")
	}
	return strings.Join(out, ", ")
}

func accelOf(results []Result) string {
	for _, r := range results {
		if r.Accel != "" {
			return strings.ToUpper(r.Accel)
		}
	}
	return "nothing"
}

func versions() string {
	out, err := exec.Command("dpkg-query", append([]string{"-W", "-f", "${Package} ${Version}, "}, packages()...)...).Output()
	if err != nil && len(out) == 0 {
		return "programs of unknown versions"
	}
	return strings.TrimRight(string(out), ", ")
}
