// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"

	"github.com/bootlace-net/bootlace/boot"
)

// hostsFile is a document in hosts/.
type hostsFile struct {
	Groups []group `yaml:"groups" doc:"Rules for many machines at once. All that match are applied, the least specific first."`
	Adopt  []adopt `yaml:"adopt" doc:"Rules that make hosts of machines that wait. Of several that match, the most specific counts that is not used up."`
	Hosts  []host  `yaml:"hosts" doc:"Machines that are known. Of several that match, the most specific counts."`
}

type host struct {
	placed
	Name       nameText          `yaml:"name" doc:"Its name, unique among all hosts."`
	Match      match             `yaml:"match" doc:"What identifies it. All kinds of selectors that are given must hold; of several values of one kind, one must."`
	Profile    nameText          `yaml:"profile" doc:"What it boots. None: what the most specific of its groups says."`
	Vars       vars              `yaml:"vars" doc:"Values for templates, above those of groups and of the profile."`
	Labels     map[string]string `yaml:"labels" doc:"Marks for groups to select by."`
	Firmware   firmware          `yaml:"firmware" doc:"What its firmware needs."`
	Generation int               `yaml:"generation" min:"1" doc:"Which installation of it is wanted: raise it by one to have the machine installed again. None: what the most specific of its groups says, else 1."`
	Power      power             `yaml:"power" doc:"How it is switched on and off over the network. What it leaves out, its groups may say."`
	Ignore     bool              `yaml:"ignore" doc:"Never answer it."`
}

type group struct {
	placed
	Name             nameText          `yaml:"name" doc:"Its name, unique among all groups."`
	Match            match             `yaml:"match" doc:"Which machines are in it. None: all."`
	Profile          nameText          `yaml:"profile" doc:"What its machines boot, if their host does not say."`
	Vars             vars              `yaml:"vars" doc:"Values for templates, above those of the profile and of less specific groups."`
	Labels           map[string]string `yaml:"labels" doc:"Marks for other groups to select by."`
	Firmware         firmware          `yaml:"firmware" doc:"What their firmware needs."`
	Generation       int               `yaml:"generation" min:"1" doc:"Which installation of its machines is wanted: raise it by one to have all of them installed again."`
	Power            power             `yaml:"power" doc:"How its machines are switched on and off over the network: what they have in common."`
	Ignore           bool              `yaml:"ignore" doc:"Never answer them, unless their host has a profile."`
	Wait             bool              `yaml:"wait" doc:"Have them show a code and ask again until bootlace machines adopt, or a rule, decides, unless their host has a profile."`
	AllowDestructive bool              `yaml:"allow_destructive" doc:"Let a destructive profile reach machines that no host names."`
}

type firmware struct {
	Loaders  nameText       `yaml:"loaders" doc:"The set of loaders that it starts from, where the profile names no loader; bootlace loaders add makes one."`
	HTTPS    *boot.Trust    `yaml:"https" doc:"What of it holds the authority of http.tls.certificate, and is given https:// addresses: firmware, its HTTP Boot; loader, also what it starts; system, also what it boots. No packet tells that, so nothing is guessed; see docs/https.md."`
	Strategy *boot.Strategy `yaml:"strategy" doc:"How offers are made, where the automatic choice fails; see docs/firmware.md."`
}

// hosts decodes one document of a hosts file. What has mistakes of its own is left out, for half of it would only make
// more of them.
func (r *reader) hosts(d *decoder, n *node) {
	fields := fieldsOfType[hostsFile]()
	for _, p := range d.pairs(n, "") {
		switch p.key.Value {
		case "groups":
			each(d, p.value, "groups", r.group)
		case "adopt":
			each(d, p.value, "adopt", r.adopt)
		case "hosts":
			each(d, p.value, "hosts", r.host)
		default:
			d.fail(p.key, "unknown key "+clip(p.key.Value), boot.Hint(p.key.Value, keysOf(fields)))
		}
	}
}

func (r *reader) host(_ *decoder, h *host) {
	r.spec.Hosts = append(r.spec.Hosts, &boot.Host{
		Name: h.Name.S, Match: boot.Match(h.Match), Profile: h.Profile.S, ProfilePos: h.Profile.Pos, Vars: boot.Vars(h.Vars),
		Labels: h.Labels, Strategy: h.Firmware.Strategy, Loaders: boot.Text(h.Firmware.Loaders), HTTPS: h.Firmware.HTTPS, Generation: h.Generation, Power: h.Power.typed(), Ignore: h.Ignore, Pos: h.pos,
	})
}

func (r *reader) group(_ *decoder, g *group) {
	r.spec.Groups = append(r.spec.Groups, &boot.Group{
		Name: g.Name.S, Match: boot.Match(g.Match), Profile: g.Profile.S, ProfilePos: g.Profile.Pos, Vars: boot.Vars(g.Vars),
		Labels: g.Labels, Strategy: g.Firmware.Strategy, Loaders: boot.Text(g.Firmware.Loaders), HTTPS: g.Firmware.HTTPS, Generation: g.Generation, Power: g.Power.typed(), Ignore: g.Ignore, Wait: g.Wait,
		AllowDestructive: g.AllowDestructive, Pos: g.pos,
	})
}

func (h *host) named() bool  { return h.Name.S != "" }
func (g *group) named() bool { return g.Name.S != "" }

// each decodes the items of a list one by one and hands on those without a mistake.
func each[T any, P interface {
	*T
	named() bool
}](d *decoder, n *node, path string, use func(*decoder, P)) {
	n = d.follow(n)
	if isNull(n) {
		return
	}
	if n.Kind != sequenceNode {
		d.fail(n, path, "expected a list (- name: …), got "+kindOf(n))
		return
	}
	for i, item := range n.Content {
		before := len(d.problems)
		p := P(new(T))
		d.plain(item, p, fmt.Sprintf("%s[%d]", path, i))
		if !p.named() && !broken(d.problems[before:]) {
			d.fail(item, fmt.Sprintf("%s[%d] has no name", path, i), "expected name: here")
		}
		if d.givenUp {
			return // half of what this one says may be missing
		}
		if !broken(d.problems[before:]) {
			use(d, p)
		}
	}
}
