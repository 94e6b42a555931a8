// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"bytes"
	"encoding/binary"
)

// sector is what ISO 9660 counts in, ECMA-119 section 6.1.2; an image begins with 16 that are not its own.
const (
	sector     = 2048
	systemArea = 16 * sector
)

// volumes is what the descriptors at an image's beginning say of it.
type volumes struct {
	src             *source
	primary, joliet *volume
	rockRidge       bool
	suspSkip        int   // bytes before the System Use fields of a record, SUSP section 5.3
	catalog         int64 // El Torito's, in bytes; 0 means none
	udf             *udfVolume
	udfTrouble      error // why the UDF that the image claims to have cannot be read
}

// volume is one ISO 9660 view: the primary one, or Joliet's.
type volume struct {
	label string
	block int64 // bytes
	root  record
}

// mostDescriptors bounds the search for the end of a volume descriptor set.
const mostDescriptors = 64

// readVolumes reads the volume descriptors, ECMA-119 section 8, and UDF's anchor.
func readVolumes(src *source) (*volumes, error) {
	v := &volumes{src: src}
	claimsUDF := false
	for i := range int64(mostDescriptors) {
		at := systemArea + i*sector
		if !src.holds(Extent{at, sector}) {
			break
		}
		b, err := src.bytes("volume descriptor", at, sector)
		if err != nil {
			return nil, err
		}
		id := string(b[1:6])
		claimsUDF = claimsUDF || id == "BEA01" // ECMA-167 2/9.2
		if id == "CD001" {
			err = v.descriptor(b, at)
		} else if !extended(id) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if claimsUDF {
		v.udf, v.udfTrouble = readUDFVolume(src)
	}
	return v, v.findRockRidge()
}

// extended says whether a descriptor is one of UDF's volume recognition sequence, ECMA-167 2/9.
func extended(id string) bool {
	switch id {
	case "BEA01", "NSR02", "NSR03", "BOOT2", "TEA01", "CDW02":
		return true
	}
	return false
}

// descriptor takes one volume descriptor of ISO 9660, by its type.
func (v *volumes) descriptor(b []byte, at int64) (err error) {
	switch b[0] {
	case 0:
		if bytes.HasPrefix(b[7:], []byte("EL TORITO SPECIFICATION")) {
			v.catalog = int64(binary.LittleEndian.Uint32(b[0x47:])) * sector
		}
	case 1:
		if v.primary == nil {
			v.primary, err = readVolume(b, at, latin1)
		}
	case 2:
		if v.joliet == nil && isJoliet(b[88:120]) {
			v.joliet, err = readVolume(b, at, bigEndian16)
		}
	}
	return err
}

// isJoliet knows Joliet's three levels of UCS-2 by their escape sequences.
func isJoliet(escapes []byte) bool {
	for _, level := range []string{"%/@", "%/C", "%/E"} {
		if bytes.HasPrefix(escapes, []byte(level)) {
			return true
		}
	}
	return false
}

func readVolume(b []byte, at int64, decode func([]byte) string) (*volume, error) {
	v := &volume{label: label(decode(b[40:72])), block: int64(binary.LittleEndian.Uint16(b[128:]))}
	if v.block != 512 && v.block != 1024 && v.block != sector {
		return nil, wrong(at+128, "logical block size", "%d is none of 512, 1024 and 2048", v.block)
	}
	root, err := parseRecord(b[156:190], at+156, v.block)
	v.root = root
	return v, err
}

// findRockRidge looks for the SP field in the first record of the root, SUSP section 5.3.
func (v *volumes) findRockRidge() error {
	if v.primary == nil {
		return nil
	}
	root := v.primary.root.data
	if root.Length < 34 {
		return nil
	}
	b, err := v.src.bytes("root directory", root.Offset, min(root.Length, sector))
	if err != nil {
		return err
	}
	dot, err := parseRecord(b, root.Offset, v.primary.block)
	if err != nil {
		return err
	}
	for _, skip := range []int{0, 14} { // 14: CD-ROM XA stands before it
		if f := dot.use; len(f) >= skip+7 && bytes.HasPrefix(f[skip:], []byte("SP\x07\x01\xbe\xef")) {
			v.rockRidge, v.suspSkip = true, int(f[skip+6])
		}
	}
	return nil
}
