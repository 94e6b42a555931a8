// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"encoding/binary"
)

// Platform is what firmware a boot entry is for, El Torito section 2.1 and UEFI section 13.3.2.1.
type Platform byte

// The platforms that exist.
const (
	BIOS      Platform = 0
	PowerPC   Platform = 1
	Macintosh Platform = 2
	EFI       Platform = 0xef
)

func (p Platform) String() string {
	switch p {
	case BIOS:
		return "BIOS"
	case PowerPC:
		return "PowerPC"
	case Macintosh:
		return "Macintosh"
	case EFI:
		return "EFI"
	}
	return "unknown"
}

// BootEntry is one entry of El Torito's boot catalog.
type BootEntry struct {
	Platform Platform
	Bootable bool
	Media    byte   // 0 without emulation, 1 to 3 a floppy, 4 a hard disk
	Path     string // of the file that lies there; empty if none does
	// Extent is where the boot image lies. Its length is the file's, if one lies there; what the catalog says else, which is often
	// less than is there.
	Extent Extent
}

const (
	bootRecord  = 32 // bytes
	mostCatalog = 4 * sector
)

// readBootCatalog lists a boot catalog, El Torito section 2: a validation entry, the default one, then sections.
func readBootCatalog(src *source, at int64) ([]BootEntry, error) {
	b, err := src.bytes("boot catalog", at, min(mostCatalog, max(sector, src.size-at)))
	if err != nil {
		return nil, err
	}
	if b[0] != 1 || b[30] != 0x55 || b[31] != 0xaa {
		return nil, wrong(at, "boot catalog", "it does not begin with a validation entry")
	}
	c := catalog{src: src, platform: Platform(b[1]), left: 1}
	for i := bootRecord; i+bootRecord <= len(b); i += bootRecord {
		done, err := c.take(b[i:i+bootRecord], at+int64(i))
		if done || err != nil {
			return c.entries, err
		}
	}
	return c.entries, nil
}

// catalog is a boot catalog that is being read.
type catalog struct {
	src      *source
	platform Platform
	left     int // entries of this section
	final    bool
	entries  []BootEntry
}

// take reads one record: a section's header (0x90, the last one 0x91), an extension (0x44), or an entry.
func (c *catalog) take(b []byte, at int64) (done bool, err error) {
	switch {
	case b[0] == 0x44:
		return false, nil
	case c.left > 0:
		c.left--
		return false, c.entry(b, at)
	case c.final || b[0] != 0x90 && b[0] != 0x91:
		return true, nil
	}
	c.final, c.platform, c.left = b[0] == 0x91, Platform(b[1]), int(binary.LittleEndian.Uint16(b[2:]))
	return false, nil
}

func (c *catalog) entry(b []byte, at int64) error {
	e := BootEntry{Platform: c.platform, Bootable: b[0] == 0x88, Media: b[1] & 0x0f}
	e.Extent.Offset = int64(binary.LittleEndian.Uint32(b[8:])) * sector
	e.Extent.Length = int64(binary.LittleEndian.Uint16(b[6:])) * 512
	if !c.src.holds(e.Extent) {
		return wrong(at+8, "boot catalog", "its image at byte %d lies outside of the medium", e.Extent.Offset)
	}
	c.entries = append(c.entries, e)
	return nil
}

// nameBootImages finds the files that the boot entries start.
func (im *Image) nameBootImages() {
	at := map[int64]*BootEntry{}
	for i := range im.Boot {
		at[im.Boot[i].Extent.Offset] = &im.Boot[i]
	}
	_ = im.Walk(func(path string, e *Entry) error { // visits all
		if len(e.Extents) != 1 {
			return nil
		}
		if b := at[e.Extents[0].Offset]; b != nil && b.Path == "" {
			b.Path, b.Extent = path, e.Extents[0]
		}
		return nil
	})
}
