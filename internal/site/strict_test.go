// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// TestStrictSecrets: a file with a secret in it is for who brings a token, whatever protocol asks; one without is for its machine.
func TestStrictSecrets(t *testing.T) {
	secrets := t.TempDir()
	write(t, secrets, map[string]string{"root": "hunter2"})
	config := map[string]string{
		"profiles/p.yaml": "kernel: linux\nfiles: {secret: {content: '{{ secret \"root\" }}'}, plain: {content: 'x'}, told: {content: '{{ done_url }}'}}\n",
		"hosts/all.yaml":  "hosts: [{name: node, match: {mac: 52:54:00:00:00:01}, profile: p}]\n",
	}
	for _, policy := range []string{"open", "strict"} {
		config["bootlace.yaml"] = "secrets: " + policy + "\nserver: {secrets: " + filepath.ToSlash(secrets) + "}\n"
		s := siteOf(t, config, nil)
		p := s.Plan(boot.Client{MAC: boot.MAC{0x52, 0x54, 0, 0, 0, 1}})
		for name, holds := range map[string]boot.Holds{"secret": boot.HoldsSecret, "plain": 0, "told": boot.HoldsToken} {
			for _, protocol := range []boot.Protocol{boot.TFTP, boot.HTTP} {
				v := boot.Visit{Name: boot.Name{Base: name}, Protocol: protocol, Client: p.Client, Server: s.Endpoint().At(addr("10.0.0.1"))}
				refused := policy == "strict" && name == "secret"
				if _, err := s.File(v, p); errors.Is(err, fs.ErrPermission) != refused {
					t.Errorf("secrets: %s: %s by %v: %v", policy, name, protocol, err)
				}
				v.ByToken = true
				f, err := s.File(v, p)
				if err != nil || boot.HoldsOf(f) != holds {
					t.Errorf("secrets: %s: %s by %v with a token: %v", policy, name, protocol, err)
				}
			}
		}
	}
}
