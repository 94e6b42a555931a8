// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// TestExamples renders everything for every host of the examples, as a server that starts with them does.
func TestExamples(t *testing.T) {
	dirs, err := filepath.Glob("../configs/examples/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			cfg, catalog := configured(t, os.DirFS(dir))
			tree, problems := New(catalog, Options{Templates: cfg.Templates, YAML: configs.WriteYAML,
				Secret: func(string, boot.Client) (string, error) { return "secret", nil }})
			for _, p := range problems {
				t.Error(p)
			}
			rendered := 0
			for _, h := range catalog.Hosts() {
				c := boot.Client{Archs: []boot.Arch{boot.ArchX64}, Hostname: h.Name}
				if len(h.Match.MACs) > 0 {
					c.MAC = h.Match.MACs[0]
				}
				p := catalog.Plan(c)
				for _, n := range tree.Names(p) {
					if _, err := content(tree, boot.Visit{Name: n, Client: p.Client, Server: boot.Endpoint{Scheme: boot.HTTP, Host: netip.MustParseAddr("192.0.2.1"), Port: 80}}, p); err != nil {
						t.Errorf("%s: %s: %v", h.Name, n, err)
					}
					rendered++
				}
			}
			if rendered == 0 {
				t.Error("nothing was rendered")
			}
		})
	}
}
