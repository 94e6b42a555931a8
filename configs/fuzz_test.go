// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"testing"
	"testing/fstest"

	"github.com/bootlace-net/bootlace/boot"
)

// FuzzCheck: whatever the files hold, there is either a catalog or a mistake with a place, and nothing falls over.
func FuzzCheck(f *testing.F) {
	f.Add("unknown: menu\ntftp: {block_size: {max: 1024}}", "kernel: x\narch: {arm64: {kernel: y}}", "hosts: [{name: a, match: {mac: 52:54:00:00:00:01}}]")
	f.Add("unknown: {profile: p}", "&a {inherits: [*a]}", "hosts: [&x {<<: *x, name: b}]")
	f.Add("a: &a [*a]", "vars: &v {x: *v}", "{hosts: {hosts: }}")
	f.Add("server: {interfaces: [[]]}", "menu: {entries: [{menu: {entries: [local]}}]}", "groups: [{name: g, match: {labels: {a: b}}, vars: {1: 2}}]")
	f.Add("? [a]\n: b", "---\n---\nname: x", "!!binary x")
	f.Add("tftp: {listen: ':69', remap: [{match: x}]}", "cmdline: {replace: }\nlocal: true", "<<: [1]")
	f.Add("server: {secrets: s}", "kernel: x", "hosts: [{name: a, match: {mac: 52:54:00:00:00:01}, power: {redfish: {url: 'https://a:b@c', password: ../x, ca: y, insecure: true}, wol: {broadcast: ::1}}}]")
	f.Add("", "kernel: x", "groups: [{name: a, power: {ipmi: {address: '[::1]:0', user: , password: [x]}}}, {name: b, power: {wol: {mac: 1, interface: e, broadcast: 1.2.3.4}}}]")
	f.Fuzz(func(t *testing.T, main, profile, hosts string) {
		cfg, problems := check(fstest.MapFS{
			"bootlace.yaml": {Data: []byte(main)}, "profiles/p.yaml": {Data: []byte(profile)}, "hosts/h.yaml": {Data: []byte(hosts)},
		}, "")
		if (cfg == nil) != broken(problems) {
			t.Fatalf("catalog %v, problems %v", cfg, problems)
		}
		told := make(map[boot.Problem]bool)
		for _, p := range problems {
			if told[p] {
				t.Fatalf("told twice: %v", p)
			}
			told[p] = true
			if p.Pos.File == "" || p.What == "" {
				t.Fatalf("a problem without a place or words: %+v", p)
			}
		}
	})
}
