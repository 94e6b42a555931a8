// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/e2e/lab"
)

const (
	defaultAppliance = "unknown: ignore\nhttp: {port: 80}\n"
	hostEntry        = "hosts:\n  - name: machine\n    match: {mac: \"{mac}\"}\n    profile: target\n    vars: {token: \"{token}\"}\n"
	otherHost        = "hosts:\n  - name: other\n    match: {mac: \"52:54:00:00:00:01\"}\n    profile: target\n    vars: {token: \"0\"}\n"
)

// files gives the configuration directory's files: name and text.
func (c Case) files(token string) map[string]string {
	out := map[string]string{"bootlace.yaml": c.Config.Appliance, "profiles/target.yaml": c.Config.Profile}
	if c.Config.Appliance == "" {
		out["bootlace.yaml"] = defaultAppliance
	}
	host := hostEntry + c.Config.Host
	if c.Config.Unknown {
		host = otherHost
	}
	out["hosts/lab.yaml"] = c.fill(host, token)
	return out
}

// YAML shows the configuration as an operator would have written it.
func (c Case) YAML() string {
	var b strings.Builder
	files := c.files("drawn-for-each-boot")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&b, "--- %s\n%s\n", name, strings.TrimRight(files[name], "\n"))
	}
	return b.String()
}

// write makes the configuration in dir/etc and the boot server's state in dir/state.
func (c Case) write(dir, token string) error {
	for name, text := range c.files(token) {
		file := filepath.Join(dir, "etc", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			return err
		}
	}
	images := filepath.Join(dir, "state", "images")
	if err := os.MkdirAll(images, 0o755); err != nil {
		return err
	}
	for name, src := range c.Config.Images {
		if err := place(filepath.Join(images, name), src); err != nil {
			return fmt.Errorf("image %s: %w", name, err)
		}
	}
	return nil
}

// place puts a file or a whole directory, its symbolic links as they are, where the boot server looks for it.
func place(dst, src string) error {
	info, err := os.Stat(src)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return os.CopyFS(dst, os.DirFS(src))
	}
	if err := os.MkdirAll(filepath.Dir(dst), 0o755); err != nil {
		return err
	}
	return lab.Copy(dst, src)
}
