// SPDX-License-Identifier: Apache-2.0

package boot

// Local gives the same machine the plan to go on with its own disk. It keeps the loader that it has, which may be the only one its
// firmware trusts, or be running already. A machine that is to be ignored stays so.
func (c *Catalog) Local(p Plan) Plan {
	disk := &c.local
	if p.Profile != nil {
		disk = p.Profile.local
	}
	p = c.Instead(p, disk, "it goes on with its own disk")
	p.ToDisk = p.Action != ActionIgnore
	return p
}

// Instead gives the same machine the plan for another profile, which must be one of the catalog. A machine that is to be ignored
// stays so.
func (c *Catalog) Instead(p Plan, profile *Profile, why string) Plan {
	if p.Action == ActionIgnore {
		return p
	}
	if p.Replaced == nil {
		p.Replaced = p.Profile
	}
	if p.Replaced == profile {
		p.Replaced = nil
	}
	p.Action, p.Profile, p.ToDisk = ActionBoot, profile, false
	p.Why = append(p.Why[:len(p.Why):len(p.Why)], Step{What: why})
	p.complete(c)
	return p
}

// toDisk reports whether all that a profile does is to go on with the disk.
func (p *Profile) toDisk(a Arch) bool {
	e := p.For(a)
	return p.Start == nil && e.Kind == EntryLocal && e.Password == ""
}

// diskOf makes the profile by which a machine of another one goes on with its own disk.
func diskOf(p *Profile) *Profile {
	disk := &Profile{Entry: Entry{Name: ThenLocal, Title: "Boot from the local disk", Kind: EntryLocal, Pos: p.Pos}}
	disk.Loader, disk.loaders, disk.foreign, disk.Strategy, disk.Vars = p.Loader, p.loaders, p.foreign, p.Strategy, p.Vars
	disk.Loaders, disk.set, disk.HTTPS = p.Loaders, p.set, p.HTTPS
	disk.local = disk
	return disk
}
