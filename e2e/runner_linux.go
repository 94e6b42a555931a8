// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
)

// Runner boots cases. Each boot has a network of its own, so several may run at once.
type Runner struct {
	Binary string    // bootlace
	Dir    string    // every boot has a directory of its own below it
	Live   io.Writer // gets the serial console as it comes; nil: nobody
	keep   bool
}

// NewRunner builds bootlace, unless BOOTLACE_E2E_BINARY names one that is to be tried. Its boots need root.
// What the boots leave goes to dir; if that is empty, to a temporary directory that Close removes.
func NewRunner(ctx context.Context, dir string) (*Runner, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("booting firmware needs root: it makes network namespaces and taps")
	}
	if err := missing(); err != nil {
		return nil, err
	}
	r := &Runner{Dir: dir, keep: dir != ""}
	if err := r.prepare(ctx); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Runner) prepare(ctx context.Context) (err error) {
	if r.keep {
		err = os.MkdirAll(r.Dir, 0o755)
	} else {
		r.Dir, err = openDir("", "bootlace-e2e-")
	}
	if err != nil {
		return err
	}
	if r.Binary = os.Getenv("BOOTLACE_E2E_BINARY"); r.Binary == "" {
		r.Binary = filepath.Join(r.Dir, "bootlace")
		err = build(ctx, r.Binary)
	}
	return err
}

// openDir makes a new directory that the boot server can read when it has given up its privileges.
func openDir(parent, prefix string) (string, error) {
	dir, err := os.MkdirTemp(parent, prefix)
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

// Close removes the files of the boots unless they are to be kept.
func (r *Runner) Close() {
	if !r.keep && r.Dir != "" {
		_ = os.RemoveAll(r.Dir)
	}
}

// missing names the packages whose programs are not here.
func missing() error {
	needed := map[string]string{
		"qemu-system-x86_64": "qemu-system-x86", "dhcpd": "isc-dhcp-server", "dnsmasq": "dnsmasq-base", "nft": "nftables",
		"ip": "iproute2", "/usr/share/OVMF/OVMF_CODE_4M.fd": "ovmf", lab.ROM("virtio"): "ipxe-qemu",
		pxelinux: "pxelinux", ldlinux: "syslinux-common", syslinuxEFI: "syslinux-efi", shim: "shim-signed",
		"qemu-system-aarch64": "qemu-system-arm", "/usr/share/AAVMF/AAVMF_CODE.fd": "qemu-efi-aarch64", lab.UBootImage: "u-boot-qemu",
		target.AMD64.Kernel(): "debian-installer-12-netboot-amd64", target.ARM64.Kernel(): "debian-installer-12-netboot-arm64",
		grubNet: "grub-efi-amd64-signed", "mkfs.vfat": "dosfstools", "mcopy": "mtools",
	}
	var packages []string
	for file, pkg := range needed {
		_, err := os.Stat(file)
		if !filepath.IsAbs(file) {
			_, err = exec.LookPath(file)
		}
		if err != nil {
			packages = append(packages, pkg)
		}
	}
	if len(packages) > 0 {
		return fmt.Errorf("not installed: %s (run tools/deps.sh lab)", strings.Join(packages, " "))
	}
	return nil
}

// build compiles the command of the module we are in.
func build(ctx context.Context, to string) error {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("where is the module: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", to, "./cmd/bootlace")
	cmd.Dir = strings.TrimSpace(string(root))
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./cmd/bootlace: %w\n%s", err, out)
	}
	return nil
}

// newToken is what the kernel's command line must hold in the end.
func newToken() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
