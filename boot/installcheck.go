// SPDX-License-Identifier: Apache-2.0

package boot

import "slices"

// checkInstalls finds what is wrong with the profiles that install. What comes after an installation must be something that does
// not install, so no chain of them can be a circle.
func (b *builder) checkInstalls(c *Catalog) {
	for _, p := range c.profiles {
		if p.Install == nil {
			continue
		}
		if d := b.drafts[p.Name]; d.NotDestructive {
			b.problems = append(b.problems, Problem{Pos: d.Pos, What: "profile " + p.Name + " says destructive: false, and installs by " + p.Install.Pos.String(),
				Expected: "expected install: false beside it, or no destructive: false"})
		}
		if p.Install.Then != ThenLocal {
			b.checkThen(c, p.Install)
		}
	}
}

func (b *builder) checkThen(c *Catalog, i *Install) {
	pos := orPos(i.ThenPos, i.Pos)
	then := c.byProfile[i.Then]
	switch by := c.installs(i.Then); {
	case b.drafts[i.Then] == nil:
		b.reportOnce(Problem{Pos: pos, What: "no profile is named " + i.Then, Expected: Hint(i.Then, append(b.profileNames(), ThenLocal))})
	case then == nil: // what it inherits is wrong, which is told there
	case by != "":
		what := "after the installation profile " + i.Then + " would install"
		if by != i.Then {
			what += " by profile " + by
		}
		b.reportOnce(Problem{Pos: pos, What: what, Expected: "expected local, or a profile that does not install"})
	case !then.starts():
		b.reportOnce(Problem{Pos: pos, What: "profile " + i.Then + " starts nothing", Expected: "expected local, or a profile that starts something"})
	}
}

// policyOf gives the policy of the profile that installs a machine of this profile when nobody touches a key; nil if none does, or if
// it is not said how.
func (c *Catalog) policyOf(p *Profile) *Install {
	if by := c.byProfile[c.installs(p.Name)]; by != nil {
		return by.Install
	}
	return nil
}

// complete fills in what a resolved profile does not say of its installation.
func (i *Install) complete() {
	d := DefaultInstall()
	*i = *i.over(&d)
}

// generation is the host's, else that of the most specific group that has one, else 1.
func generation(p *Plan) int {
	if p.Host != nil && p.Host.Generation > 0 {
		return p.Host.Generation
	}
	for _, g := range slices.Backward(p.Groups) {
		if g.Generation > 0 {
			return g.Generation
		}
	}
	return 1
}
