// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path"
	"time"
)

// nobody is who the program runs as.
const (
	nobody   = "65534:65534"
	nobodyID = 65534
)

// Capabilities by linux/capability.h, and the layout of the attribute that holds them (vfs_cap_data).
const (
	capNetBindService = 10
	capNetRaw         = 13
	capRevision2      = 0x02000000
)

// tree is the file system of the image as a tar: the binary, directories to mount at, and licences; no shell, no libc.
func tree(program string, made time.Time) ([]byte, error) {
	var out bytes.Buffer
	t := writer{tar.NewWriter(&out), made}
	for _, dir := range []string{"etc", "etc/bootlace", "etc/bootlace/hosts", "etc/bootlace/profiles", "etc/bootlace/secrets", "etc/bootlace/templates", "run", "usr", "usr/bin", "usr/share", "usr/share/doc", "usr/share/doc/bootlace", "usr/share/doc/bootlace/licenses", "var", "var/lib"} {
		t.directory(dir, 0)
	}
	for _, dir := range []string{"run/bootlace", "tmp", "var/lib/bootlace", "var/lib/bootlace/images"} {
		t.directory(dir, nobodyID)
	}
	errs := []error{t.file("usr/bin/bootlace", program, 0o755, permitted(capNetBindService, capNetRaw))}
	for _, name := range []string{"LICENSE", "THIRD_PARTY.md"} {
		errs = append(errs, t.file("usr/share/doc/bootlace/"+name, name, 0o644, nil))
	}
	licences, err := fs.Glob(os.DirFS("."), "third_party/licenses/*")
	errs = append(errs, err)
	if len(licences) == 0 {
		errs = append(errs, errors.New("no licences in third_party/licenses"))
	}
	for _, name := range licences {
		errs = append(errs, t.file("usr/share/doc/bootlace/licenses/"+path.Base(name), name, 0o644, nil))
	}
	errs = append(errs, t.Close())
	return out.Bytes(), errors.Join(errs...)
}

type writer struct {
	*tar.Writer
	made time.Time
}

// directory adds one. What fails shows when the archive is closed.
func (w writer) directory(name string, owner int) {
	_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o755, Uid: owner, Gid: owner, ModTime: w.made, Format: tar.FormatPAX})
}

func (w writer) file(name, from string, mode int64, capabilities []byte) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(b)), ModTime: w.made, Format: tar.FormatPAX}
	if capabilities != nil {
		h.PAXRecords = map[string]string{"SCHILY.xattr.security.capability": string(capabilities)}
	}
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// permitted is the file attribute by which a program may have capabilities, as far as the container has them. It is not marked
// effective: then the kernel would refuse to start the program where one is missing (capabilities(7)); Bootlace takes up what it got.
func permitted(bits ...uint) []byte {
	var mask uint32
	for _, b := range bits {
		mask |= 1 << b
	}
	b := make([]byte, 20)
	binary.LittleEndian.PutUint32(b[0:], capRevision2)
	binary.LittleEndian.PutUint32(b[4:], mask)
	return b
}
