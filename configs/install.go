// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// install is how a profile installs, or true or false.
type install struct {
	installPolicy
	none bool
}

type installPolicy struct {
	placed
	Then     nameText      `yaml:"then" doc:"What the machine boots when it is done: local, its own disk, or a profile that does not install. local, unless given."`
	Attempts int           `yaml:"attempts" min:"1" max:"100" doc:"How often it is tried for each generation of a machine; then the machine goes on as if it were done, and it is told. 3, unless given."`
	Within   time.Duration `yaml:"within" min:"1m" max:"168h" doc:"Time for one attempt. 2h, unless given."`
	Success  success       `yaml:"success" doc:"What shows that it is done. callback: the installer calls done_url; os-dhcp: the installed system asks DHCP for its address; timeout: nothing, it is taken for done when its time is over; {fetch: PATH}: the machine fetches that file. callback, unless given."`
}

func (i *install) decode(d *decoder, n *node, path string) {
	i.pos = d.pos(n)
	switch {
	case n.Kind == scalarNode && n.Value == "false":
		i.none = true
	case n.Kind == scalarNode && n.Value == "true":
	case n.Kind == scalarNode:
		d.fail(n, fmt.Sprintf("%s: %q", shown(path), clip(n.Value)), "expected "+i.describe())
	default:
		d.plain(n, &i.installPolicy, path)
	}
}

func (*install) describe() string { return "true or false, or a mapping" }

// typed gives what is said; nil for false.
func (i *install) typed() *boot.Install {
	if i.none {
		return nil
	}
	return &boot.Install{
		Then: i.Then.S, ThenPos: i.Then.Pos, Attempts: i.Attempts, Within: i.Within, Success: boot.Success(i.Success), Pos: i.pos,
	}
}

// success is a word, or the file that shows it.
type success boot.Success

type successFetch struct {
	Fetch boot.Text `yaml:"fetch" doc:"A file that the machine fetches when it is done, and never before."`
}

func (s *success) decode(d *decoder, n *node, path string) {
	expected := boot.Hint(n.Value, append(boot.SuccessWords(), "{fetch: PATH}"))
	if n.Kind == scalarNode {
		word, ok := boot.ParseSuccess(n.Value)
		if !ok {
			d.fail(n, fmt.Sprintf("%s: %q", path, clip(n.Value)), expected)
			return
		}
		*s = success(word)
		s.Pos = d.pos(n)
		return
	}
	var f successFetch
	d.plain(n, &f, path)
	name, err := boot.ParseName(f.Fetch.S)
	switch {
	case n.Kind != mappingNode: // told already
	case err != nil:
		d.fail(n, join(path, "fetch")+": "+err.Error(), "expected the path of a file, such as installed")
	default:
		*s = success{By: boot.SuccessFetch, Path: name.Path(), Pos: d.pos(n)}
	}
}

func (*success) describe() string { return "callback, os-dhcp, timeout or {fetch: PATH}" }
