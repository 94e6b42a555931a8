// SPDX-License-Identifier: Apache-2.0

package target

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/e2e/cpio"
)

// trees is where the packages debian-installer-12-netboot-* put the installer's netboot trees.
const trees = "/usr/lib/debian-installer/images/12/"

// Debian is the tree of amd64.
const Debian = trees + "amd64/text"

// Arch is an architecture in Debian's words.
type Arch string

// The architectures.
const (
	AMD64 Arch = "amd64"
	ARM64 Arch = "arm64"
)

func (a Arch) dir() string {
	return trees + string(a) + "/text/debian-installer/" + string(a)
}

// triple names the directory of the architecture's libraries; loader is the path of its dynamic linker.
func (a Arch) triple() string {
	if a == ARM64 {
		return "aarch64-linux-gnu"
	}
	return "x86_64-linux-gnu"
}

func (a Arch) loader() string {
	if a == ARM64 {
		return "lib/ld-linux-aarch64.so.1"
	}
	return "lib64/ld-linux-x86-64.so.2"
}

//go:embed init.sh
var initScript []byte

// modules in the order in which they are loaded; those that the installer does not have are left out.
func modules() []string {
	return strings.Fields("virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover " +
		"virtio_net e1000 e1000e")
}

// storage are the modules of a disk at a USB port, which is the only kind that the installer's first initrd has drivers for.
func storage() []string {
	return strings.Fields("crct10dif_common crc-t10dif crc64 crc64-rocksoft t10-pi scsi_common scsi_mod sd_mod usb-common " +
		"usbcore xhci-hcd xhci-pci usb-storage")
}

// Kernel is the installer's kernel, signed for Secure Boot.
func (a Arch) Kernel() string { return a.dir() + "/linux" }

// Initrds are the paths of all there are.
type Initrds struct {
	AMD64, ARM64 string
	Installer    string // for AMD64
}

// MakeInitrds makes those that are not in the cache.
func MakeInitrds() (out Initrds, err error) {
	if out.AMD64, err = AMD64.Initrd(); err != nil {
		return out, err
	}
	if out.ARM64, err = ARM64.Initrd(); err != nil {
		return out, err
	}
	out.Installer, err = AMD64.Installer()
	return out, err
}

// Initrd gives the path of the target's initrd. It is made out of the installer's, once for each content: it stays in a
// cache below the system's temporary directory.
func (a Arch) Initrd() (string, error) {
	return a.initrd("initrd-", kit{modules: modules()})
}

// Installer gives the path of an initrd whose system installs when the kernel's command line says so.
func (a Arch) Installer() (string, error) {
	more, err := installerFiles()
	if err != nil {
		return "", fmt.Errorf("the installer's disk: %w", err)
	}
	return a.initrd("installer-", kit{modules: append(modules(), storage()...), files: more})
}

// kit is what goes into an initrd beside busybox.
type kit struct {
	modules []string
	files   []cpio.Entry
}

func (a Arch) initrd(prefix string, k kit) (string, error) {
	packed, err := os.ReadFile(a.dir() + "/initrd.gz")
	if err != nil {
		return "", fmt.Errorf("the target system: %w (Debian package debian-installer-12-netboot-%s)", err, a)
	}
	file := filepath.Join(os.TempDir(), "bootlace-e2e-cache", prefix+k.key(packed)+".gz")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	body, err := a.build(packed, k)
	if err != nil {
		return "", fmt.Errorf("the target's initrd: %w", err)
	}
	return file, put(file, body)
}

// key changes with everything the initrd is made of.
func (k kit) key(packed []byte) string {
	h := sha256.New()
	h.Write(packed)
	h.Write(initScript)
	h.Write([]byte(strings.Join(k.modules, " ")))
	for _, f := range k.files {
		h.Write([]byte(f.Name))
		h.Write(f.Body)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// put writes a file so that it is never seen half-written.
func put(file string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), "new-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(body)
	err = errors.Join(err, tmp.Chmod(0o644)) // a boot server may read it as another user
	if err := errors.Join(err, tmp.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return os.Rename(tmp.Name(), file)
}

func (a Arch) build(packed []byte, k kit) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	installer, err := cpio.Read(data)
	if err != nil {
		return nil, err
	}
	ours, err := a.compose(installer, k)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // fails only for unknown levels
	err = errors.Join(cpio.Write(w, ours), w.Close())
	return out.Bytes(), err
}

// source looks files up in the installer's initrd.
type source map[string]cpio.Entry

// body follows symbolic links.
func (s source) body(name string) ([]byte, error) {
	at := name
	for range 8 {
		e, ok := s[at]
		if !ok {
			return nil, fmt.Errorf("%s is not in the installer's initrd", name)
		}
		if e.Mode&cpio.Type != cpio.Symlink {
			return e.Body, nil
		}
		to := string(e.Body)
		if !path.IsAbs(to) {
			to = path.Join("/", path.Dir(at), to)
		}
		at = strings.TrimPrefix(path.Clean(to), "/")
	}
	return nil, fmt.Errorf("%s: too many symbolic links", name)
}

func (a Arch) compose(entries []cpio.Entry, k kit) ([]cpio.Entry, error) {
	from, ko := source{}, map[string]string{}
	for _, e := range entries {
		from[e.Name] = e
		if strings.HasSuffix(e.Name, ".ko") {
			ko[strings.TrimSuffix(path.Base(e.Name), ".ko")] = e.Name
		}
	}
	files := map[string]string{
		"bin/busybox": "bin/busybox",
		a.loader():    a.loader(),
	}
	for _, lib := range strings.Fields("libc.so.6 libm.so.6 libresolv.so.2") {
		files["lib/"+a.triple()+"/"+lib] = "lib/" + a.triple() + "/" + lib
	}
	var order []string
	for _, m := range k.modules {
		if name, ok := ko[m]; ok {
			files["lib/modules/"+m+".ko"] = name
			order = append(order, m)
		}
	}
	out, err := a.assemble(from, files, strings.Join(order, "\n"))
	return append(out, k.files...), err
}

func (a Arch) assemble(from source, files map[string]string, order string) ([]cpio.Entry, error) {
	var out []cpio.Entry
	for _, d := range strings.Fields("bin dev lib lib/modules lib/" + a.triple() + " lib64 proc sys") {
		out = append(out, cpio.Entry{Name: d, Mode: cpio.Dir | 0o755})
	}
	out = append(out,
		cpio.Entry{Name: "dev/console", Mode: cpio.Char | 0o600, Major: 5, Minor: 1},
		cpio.Entry{Name: "dev/null", Mode: cpio.Char | 0o666, Major: 1, Minor: 3},
		cpio.Entry{Name: "init", Mode: cpio.Regular | 0o755, Body: initScript},
		cpio.Entry{Name: "modules", Mode: cpio.Regular | 0o644, Body: []byte(order)},
	)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		body, err := from.body(files[name])
		if err != nil {
			return nil, err
		}
		out = append(out, cpio.Entry{Name: name, Mode: cpio.Regular | 0o755, Body: body})
	}
	return out, nil
}
