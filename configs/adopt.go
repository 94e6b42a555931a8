// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

type adopt struct {
	placed
	Name             nameText          `yaml:"name" doc:"Its name, unique among all rules. What it adopted is counted under it, and its hosts have it as the label adopted-by."`
	Match            match             `yaml:"match" doc:"Which of the machines that wait. None: all."`
	Host             string            `yaml:"host" doc:"The names of its hosts: {n} is a number, {mac} the MAC address, {serial} what a name may hold of the serial number, {rule} its own name. {rule}-{n}, unless given."`
	Profile          nameText          `yaml:"profile" doc:"What its hosts boot. None: what the most specific of their groups says."`
	Vars             vars              `yaml:"vars" doc:"Values for templates."`
	Labels           map[string]string `yaml:"labels" doc:"Marks for groups to select by."`
	Limit            int               `yaml:"limit" min:"1" max:"65536" doc:"How many machines it may adopt, ever. It must be said."`
	Until            time.Time         `yaml:"until" doc:"When it ends. A date ends it at the beginning of that day, in UTC. None: never."`
	AllowDestructive bool              `yaml:"allow_destructive" doc:"Let its profile be one that installs: what is on the disks of whichever machines come will be lost."`
}

func (a *adopt) named() bool { return a.Name.S != "" }

func (r *reader) adopt(_ *decoder, a *adopt) {
	r.spec.Adopt = append(r.spec.Adopt, &boot.AdoptRule{
		Name: a.Name.S, Match: boot.Match(a.Match), Host: a.Host, Profile: a.Profile.S, ProfilePos: a.Profile.Pos, Vars: boot.Vars(a.Vars),
		Labels: a.Labels, Limit: a.Limit, Until: a.Until, AllowDestructive: a.AllowDestructive, Pos: a.pos,
	})
}
