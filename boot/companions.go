// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"path"
	"strings"
)

// Companions lists the files of which a boot program loads one from its own directory before it does anything else, for
// programs that come in two files, known by the names they go by; nil for all others. Not always: an old one did without.
func Companions(program string) (names []string, always bool) {
	dir, base := path.Split(program)
	base = strings.ToLower(base)
	switch {
	case base == "pxelinux.0", base == "lpxelinux.0": // since SYSLINUX 5
		return []string{dir + "ldlinux.c32"}, false
	case strings.HasPrefix(base, "syslinux") && strings.HasSuffix(base, ".efi"):
		return []string{dir + "ldlinux.e64", dir + "ldlinux.e32"}, true
	}
	for _, cpu := range []string{"x64", "ia32", "aa64"} {
		if strings.HasPrefix(base, "shim"+cpu+".efi") { // with .signed behind it, as Debian names it; see shim's netboot.c
			return []string{dir + "grub" + cpu + ".efi"}, true
		}
	}
	return nil, true
}
