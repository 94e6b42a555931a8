// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/site"
)

// judge says for programs what will become of a boot.
func (d *daemon) judge(p boot.Plan, said *boot.Inventory) api.Verdicts {
	var v boot.Visit
	if said != nil {
		v.Memory = said.Memory
	}
	s := d.current.Load()
	return api.Verdicts{Memory: s.Memory(v, p).Verdict(), SecureBoot: s.SecureBoot(p, said)}
}

// images lists for programs what is kept, and what of it is bad.
func (d *daemon) images() (all []api.Image) {
	list, _ := d.rot.vault.List()
	for _, m := range list {
		all = append(all, api.Image{Name: m.Name, Title: m.Title, Arch: m.Arch, Size: m.Size(), Trust: string(m.Weakest()), LeastMemory: m.LeastMemory,
			Added: m.Added, UsedBy: d.current.Load().Uses(m.Name), Rot: d.rot.Of(m.Name), Starts: startsOf(m), SecureBoot: site.SecureBootOf(d.rot.vault, m)})
	}
	return all
}

// startsOf lists what machines start of an image, not the thousands of files that it may hold beside.
func startsOf(m *vault.Manifest) (files []api.ImageFile) {
	for _, f := range m.Files {
		if f.Role != vault.RoleOther {
			files = append(files, api.ImageFile{Path: f.Path, Role: string(f.Role), Size: f.Size, Digest: f.Digest.String()})
		}
	}
	return files
}
