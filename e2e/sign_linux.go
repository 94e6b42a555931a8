// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/bootlace-net/bootlace/e2e/lab"
)

// sign signs the programs of the configuration with the key that the machine's firmware trusts, as its owner would.
func (b *boot) sign(ctx context.Context) error {
	key, script := filepath.Join(b.dir, "owner.key"), filepath.Join(b.dir, "owner.ipxe")
	if err := tool(ctx, "openssl", "pkey", "-in", lab.OwnersKey, "-passin", "pass:"+lab.OwnersPassphrase, "-out", key); err != nil {
		return err
	}
	if err := os.WriteFile(script, []byte(b.c.Config.Script), 0o644); err != nil {
		return err
	}
	for name, src := range b.c.Config.Signed {
		out := filepath.Join(b.dir, "state", "images", name)
		if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
			return err
		}
		args := []string{"loaders", "sign", src, "--key", key, "--cert", lab.OwnersCertificate, "--out", out}
		if b.c.Config.Script != "" && strings.HasPrefix(path.Base(name), "ipxe") {
			args = append(args, "--script", script)
		}
		if err := tool(ctx, b.Binary, args...); err != nil {
			return err
		}
	}
	return nil
}

func tool(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %q: %w\n%s", name, args, err, out)
	}
	return nil
}
