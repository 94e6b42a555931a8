// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// isBootScript knows the script that U-Boot asks its TFTP server for when it boots by DHCP, and whose name it needs nobody
// to tell: boot_script_dhcp in its include/config_distro_bootcmd.h.
func isBootScript(n boot.Name) bool {
	return n.Dir == "" && (n.Base == "boot.scr.uimg" || n.Base == "boot.scr")
}

// writeBootScript writes U-Boot's script. What is to be started stands in the file that its command pxe looks for, which
// also knows how the board wants its device tree.
func writeBootScript(s *session) ([]byte, error) {
	pg, err := s.page()
	if err != nil {
		return nil, err
	}
	lines := []string{comment(s.title()), "echo " + ubootWord(s.title())}
	if only := pg.only(); only == nil || only.kind != boot.EntryLocal {
		lines = append(lines, "if pxe get; then", "  pxe boot", "fi")
	}
	script := strings.Join(lines, "\n") + "\n"
	return uimage([]byte(script), s.visit.Client.Arch().CPU(), "Bootlace", s.tree.opts.Modified), nil
}

// ubootWord makes one word of any text for U-Boot's shell: between single quotes everything stands as it is, and there is
// no way to have one there.
func ubootWord(s string) string { return "'" + strings.ReplaceAll(oneLine(s), "'", "`") + "'" }
