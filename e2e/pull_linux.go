// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/bootlace-net/bootlace/internal/pull/mirror"
)

// pull pulls debian/12 as an operator would, from a mirror on this host's loopback that is there only meanwhile.
func (b *boot) pull(ctx context.Context) error {
	if b.c.Config.Mirror[0] == "" {
		return nil
	}
	kernel, kerr := os.ReadFile(b.c.Config.Mirror[0])
	initrd, ierr := os.ReadFile(b.c.Config.Mirror[1])
	if err := errors.Join(kerr, ierr); err != nil {
		return err
	}
	m, err := mirror.New(kernel, initrd)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }() // nobody asks any more
	etc := filepath.Join(b.dir, "etc")
	if err := os.WriteFile(filepath.Join(etc, "catalog.yaml"), []byte(m.Catalog()), 0o644); err != nil {
		return err
	}
	return b.images(ctx, "pull", "debian/12")
}

// imported imports debian-live/12 as an operator would, from a medium that is made for that and gone before the machine boots.
func (b *boot) imported(ctx context.Context) error {
	if b.c.Config.Medium[0] == "" {
		return nil
	}
	tree, medium := filepath.Join(b.dir, "medium"), filepath.Join(b.dir, "live.iso")
	for name, text := range map[string]string{
		".disk/info": "Official Debian GNU/Linux Live 12.7.0 standard 2024-08-31T10:29\n", "live/filesystem.squashfs": "of no use to the target\n",
		"boot/grub/grub.cfg": "menuentry \"Live system\" {\n linux /live/vmlinuz boot=live components findiso=${iso_path}\n initrd /live/initrd.img\n}\n",
	} {
		path := filepath.Join(tree, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			return err
		}
	}
	err := errors.Join(place(filepath.Join(tree, "live/vmlinuz"), b.c.Config.Medium[0]), place(filepath.Join(tree, "live/initrd.img"), b.c.Config.Medium[1]))
	if err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, "xorriso", "-as", "mkisofs", "-quiet", "-R", "-J", "-V", "d-live", "-o", medium, tree).CombinedOutput(); err != nil {
		return fmt.Errorf("xorriso: %w\n%s", err, out)
	}
	if err := b.images(ctx, "import", medium, "--name", "debian-live/12", "--trust-on-first-use"); err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(tree), os.Remove(medium))
}

// images runs bootlace images.
func (b *boot) images(ctx context.Context, args ...string) error {
	args = append([]string{"images"}, append(args, "--config", filepath.Join(b.dir, "etc"), "--state", filepath.Join(b.dir, "state"))...)
	out, err := exec.CommandContext(ctx, b.Binary, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}
