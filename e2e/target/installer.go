// SPDX-License-Identifier: Apache-2.0

package target

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/e2e/cpio"
)

// The disk of a machine that is to be installed.
const (
	installDiskSize = 16 << 20 // bytes
	systemSize      = 8 << 20  // of what is written to it
	countOffset     = 18432 * 512
)

//go:embed leased.sh
var leasedScript []byte

// installerFiles are what only an installer needs: the system that it writes, and how it takes an address.
func installerFiles() ([]cpio.Entry, error) {
	system, err := installedSystem()
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write(system)
	if err := errors.Join(err, z.Close()); err != nil {
		return nil, err
	}
	return []cpio.Entry{
		{Name: "leased", Mode: cpio.Regular | 0o755, Body: leasedScript},
		{Name: "disk.gz", Mode: cpio.Regular | 0o644, Body: packed.Bytes()},
	}, nil
}

// installedSystem is a file system of FAT that a BIOS and UEFI firmware boot, each in its way; both say the marker.
func installedSystem() ([]byte, error) {
	dir, err := os.MkdirTemp("", "bootlace-e2e-system-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // scratch
	tree, file := filepath.Join(dir, "tree"), filepath.Join(dir, "disk")
	if err := UEFIDisk(tree, "halt"); err != nil {
		return nil, err
	}
	for _, argv := range [][]string{
		{"mkfs.vfat", "--invariant", "-C", file, strconv.Itoa(systemSize >> 10)},
		{"mcopy", "-s", "-i", file, filepath.Join(tree, "EFI"), filepath.Join(tree, "boot"), "::"},
	} {
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1767225600") // the same bytes each time: the initrd is kept by its content
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s (Debian packages dosfstools, mtools)", strings.Join(argv, " "), err, out)
		}
	}
	image, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	withBootCode(image)
	return image, nil
}

// withBootCode puts the marker's code behind the parameters of the file system (FAT's boot sector has room from 0x3e on, or
// 0x5a for FAT32, and begins with a jump there).
func withBootCode(image []byte) {
	sector := BootSector()
	const room = 0x5a
	copy(image[room:], sector[:0x40])
	copy(image[0x100:0x1fe], sector[0x100:0x1fe])
	copy(image, []byte{0xeb, room - 2, 0x90})
	image[510], image[511] = 0x55, 0xaa
}

// EmptyDisk writes the disk of a machine that nothing is installed on.
func EmptyDisk(file string) error { return os.WriteFile(file, make([]byte, installDiskSize), 0o644) }

// Installations reads how often a disk was installed.
func Installations(file string) (int, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	b := make([]byte, 16)
	if _, err := f.ReadAt(b, countOffset); err != nil {
		return 0, err
	}
	text := strings.TrimSpace(string(bytes.TrimRight(b, "\x00")))
	if text == "" {
		return 0, nil
	}
	return strconv.Atoi(text)
}
