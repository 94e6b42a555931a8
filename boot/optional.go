// SPDX-License-Identifier: Apache-2.0

package boot

import "strings"

// ToDisk is the name of a file that there is not, which firmware is sent for where nothing else sends it to its own disk. It tells
// those who see it being asked for what is meant.
const ToDisk = "boot-the-local-disk"

// NotThere is how a request for an [Name.Optional] name ends that nobody has: in words that worry nobody.
const NotThere = "not there, which is ordinary"

// Optional reports whether loaders ask for a name only in case it is there, and go on well without it:
//
//   - every step of a search for a configuration but the last (PXELINUX core/fs/pxe, GRUB grub-core/net, U-Boot cmd/pxe);
//   - GRUB's lists of modules and its translations (grub-core/normal, grub-core/gettext);
//   - [ToDisk];
//   - what shim looks for before it goes on to the next program: revocations and certificates (shim's load_unbundled_trust).
func (n Name) Optional() bool {
	switch base := strings.ToLower(n.Base); {
	case n.Kind == KindPXELinux || n.Kind == KindGRUB:
		return n.By != Search{} && (!n.By.Default || n.By.Platform != "")
	case n.Kind != KindFile:
		return false
	case base == ToDisk:
		return true
	case strings.HasSuffix(base, ".efi"):
		return strings.HasPrefix(base, "revocations") || strings.HasPrefix(base, "shim_certificate")
	case strings.HasSuffix(base, ".lst"):
		return strings.Contains(n.Dir, "-") // x86_64-efi, i386-pc
	default:
		return strings.HasSuffix(n.Dir, "locale") && (strings.HasSuffix(base, ".mo") || strings.HasSuffix(base, ".gmo"))
	}
}
