// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
)

// adopt makes a host of the machine by the code on its screen, once that was there often enough.
func (b *boot) adopt(ctx context.Context) error {
	if b.c.Adopt == 0 || b.adopted {
		return nil
	}
	shown := regexp.MustCompile(`Its code is ([0-9A-Z]{5})`).FindAllStringSubmatch(b.console.Text(), -1)
	if len(shown) < b.c.Adopt {
		return nil
	}
	for _, s := range shown {
		if s[1] != shown[0][1] {
			return fmt.Errorf("its code was %s, and then %s", shown[0][1], s[1])
		}
	}
	b.adopted = true
	out, err := exec.CommandContext(ctx, b.Binary, "machines", "adopt", shown[0][1], "--name", "machine", "--profile", "target", //nolint:gosec // ours
		"--var", "token="+b.token, "--state", filepath.Join(b.dir, "state")).CombinedOutput()
	if err != nil {
		return fmt.Errorf("bootlace machines adopt: %w\n%s", err, out)
	}
	return nil
}
