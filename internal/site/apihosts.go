// SPDX-License-Identifier: Apache-2.0

package site

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// apiHostsName is the file in the state directory that has the hosts which were made by the API. It is JSON, which is YAML.
const apiHostsName = "api-hosts.json"

func apiHostsFile(s *configs.Server) string {
	if s.State == "" {
		return ""
	}
	return filepath.Join(s.State, apiHostsName)
}

// APIHosts are hosts that were made by the API, by name: each as YAML has it, as JSON, with its name in it.
type APIHosts map[string]json.RawMessage

// APIHostsFile is where they are kept; "" if there is no place for them.
func (s *Site) APIHostsFile() string {
	if s.dir == "" {
		return ""
	}
	return apiHostsFile(&s.Settings.Server)
}

// APIHosts reads them, whether they are in use or not.
func (s *Site) APIHosts() (APIHosts, error) {
	text, err := textOf(s.APIHostsFile())
	if err != nil {
		return nil, err
	}
	return decodeHosts(text)
}

// PutAPIHosts writes the hosts of the API, at once or not at all; they are not in use before the next [Site.Again]. The configuration with
// them is read as a whole before: with anything wrong in it that was not there before, the error is a *RefusedError. Must is the host that
// has to be in use then; "": none.
func (s *Site) PutAPIHosts(all APIHosts, must string) error {
	file := s.APIHostsFile()
	if file == "" {
		return refused("there is no configuration directory, so there is no place for hosts: serve one with --config")
	}
	content := all.encode()
	next, err := s.tryWith(file, content)
	if err != nil {
		return err
	}
	if h := next.Catalog.Host(must); must != "" && (h == nil || h.Pos.File != file) {
		return refused("the YAML has this host, or one of its addresses, already, and wins: change it there")
	}
	return replace(file, content)
}

// made reads the hosts of the API; nil if there are none.
func (how *reading) made(s *configs.Server) *configs.Spec {
	file := apiHostsFile(s)
	if file == "" || missing(file) && !how.instead.is(file) {
		return nil
	}
	base := filepath.Dir(file)
	return configs.HostsFile(how.instead.in(os.DirFS(base), base), filepath.Base(file), base)
}

// yielding leaves out the hosts of the API that the YAML has as well, by name or by something that they are matched by: the YAML wins, and
// that is said.
func yielding(made *configs.Spec, yaml []*boot.Host) *configs.Spec {
	owners := make(map[any]*boot.Host)
	for _, h := range yaml {
		for _, k := range claims(h) {
			owners[k] = h
		}
	}
	kept := made.Hosts[:0:0]
	for _, h := range made.Hosts {
		i := slices.IndexFunc(claims(h), func(k any) bool { return owners[k] != nil })
		if i < 0 {
			kept = append(kept, h)
			continue
		}
		o := owners[claims(h)[i]]
		made.Problems = append(made.Problems, boot.Problem{Pos: h.Pos, Warning: true,
			What:     fmt.Sprintf("host %s, made by the API, is not used: host %s at %s has its name or one of its addresses, and YAML wins", h.Name, o.Name, o.Pos),
			Expected: "expected one of them: delete it by the API (DELETE /api/v1/hosts/" + h.Name + "), or there"})
	}
	made.Hosts = kept
	return made
}

// serial is one that counts without case.
type serial string

// claims are what only one host can have.
func claims(h *boot.Host) []any {
	all := []any{h.Name}
	for _, m := range h.Match.MACs {
		all = append(all, m)
	}
	for _, u := range h.Match.UUIDs {
		all = append(all, u)
	}
	for _, s := range h.Match.Serials {
		all = append(all, serial(strings.ToLower(s)))
	}
	return all
}
