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
	out, err := exec.CommandContext(ctx, b.Binary, "images", "pull", "debian/12", "--config", etc, "--state", filepath.Join(b.dir, "state")).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}
