// SPDX-License-Identifier: Apache-2.0

package boot

import "strings"

// placed begins what an entry says of an initrd that is a file with a name of its own in the kernel's ramdisk, and no archive. GRUB writes
// it so.
const placed = "newc:"

// placedDir is where machines find such a file as an archive of that one file: newc/proxmox.iso/pve/8/medium.iso.
const placedDir = "newc"

// PlacedPath is the path by which a machine asks for a file as an archive in which that has a name.
func PlacedPath(as, file string) string {
	return placedDir + "/" + strings.TrimPrefix(as, "/") + "/" + file
}

// SplitPlacedPath takes such a path apart; ok is false for any other.
func SplitPlacedPath(path string) (as, file string, ok bool) {
	rest, ok := strings.CutPrefix(path, placedDir+"/")
	if !ok {
		return "", "", false
	}
	as, file, ok = strings.Cut(rest, "/")
	return as, file, ok && IsPlace(as) && file != ""
}

// Placed writes that a file goes along with a kernel as a file by a name: newc:/proxmox.iso:medium.iso.
func Placed(as, file string) string { return placed + as + ":" + file }

// SplitPlaced takes apart what an entry says of a file that goes along with its program: by which name it is put into memory ("" for any),
// the file, and its arguments.
func SplitPlaced(k EntryKind, s string) (as, file, args string) {
	switch k {
	case EntryKernel:
		if rest, ok := strings.CutPrefix(s, placed); ok {
			as, file, _ = strings.Cut(rest, ":")
			return as, file, ""
		}
	case EntryWimboot:
		if name, rest, ok := strings.Cut(s, "="); ok && !strings.ContainsAny(name, "/ ") {
			return name, rest, ""
		}
	case EntryModules:
		file, args, _ = strings.Cut(s, " ")
		return "", file, args
	default:
	}
	return "", s, ""
}

// IsPlace reports whether a file can be put into a kernel's memory by that name: a plain word at the top of its ramdisk, where no
// directory has to be made first.
func IsPlace(as string) bool {
	name := strings.TrimPrefix(as, "/")
	plain := !strings.ContainsFunc(name, func(r rune) bool {
		return r != '.' && r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	return plain && strings.Trim(name, ".") != "" && len(as) <= 200
}
