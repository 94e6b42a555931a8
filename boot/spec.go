// SPDX-License-Identifier: Apache-2.0

package boot

// Spec is everything a configuration says, as it was written; [Build] makes a Catalog of it.
type Spec struct {
	Profiles []*Draft
	Groups   []*Group
	Hosts    []*Host
	Adopt    []*AdoptRule
	Unknown  Unknown
	// Images finds the images that entries name; nil for one that there is not. May be nil: then there are none.
	Images func(name string) *Image
	// LoaderSets finds a set of loaders; nil for one that there is not. May be nil: then there are none.
	LoaderSets func(name string) LoaderSet
	// Own reports whether the operator has a file of that name, which is served in the place of one of the appliance. May be nil.
	Own func(name string) bool
	// CPU names the instruction set of an EFI program, as [Arch.CPU] does; "" for what is none, or cannot be read. May be nil: then
	// nothing is known.
	CPU func(name string) string
}

// Draft is a profile as it was written: what it does not say, it takes from those it inherits.
type Draft struct {
	Profile
	InheritsPos    []Pos // where each name of Inherits stands
	NoStart        bool  // says that there is no menu, whatever is inherited
	NotDestructive bool  // says that it does not install, whatever is inherited
	NoInstall      bool  // says that nobody counts whether it installs, whatever is inherited
}

// Unknown is the policy for machines that no host and no group's profile is for. The zero value ignores them.
type Unknown struct {
	Action  Action
	Profile string // for ActionBoot
	// AllowDestructive says in words that Profile may be one that installs.
	AllowDestructive bool
	Pos              Pos
}

// String names the policy as YAML does.
func (u Unknown) String() string {
	if u.Action == ActionBoot {
		return "profile " + u.Profile
	}
	return u.Action.String()
}
