// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"cmp"
	"errors"
	"net/netip"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// session is one question: a tree, a visit and its plan. It makes the page that a writer puts down.
type session struct {
	tree    *Tree
	visit   boot.Visit
	plan    boot.Plan
	dryRun  bool // nobody will get the result: no secrets, no costly hashes
	naming  bool // paths of files are being made, which may ask for addresses of files themselves
	holds   boot.Holds
	slot    slot     // where the text lands that is being rendered
	asked   []string // paths that loaders and programs are sent to, without a token
	entries int      // entries numbered so far
	within  []*boot.Profile
	scopes  map[*boot.Profile]*scope
}

func newSession(t *Tree, v boot.Visit, p boot.Plan) *session {
	return &session{tree: t, visit: v, plan: p}
}

// scope is what the templates of one profile see.
type scope struct {
	*session
	profile *boot.Profile // nil for the default menu
	data    map[string]any
}

// scopeKey is where the root data holds its scope; no template can name it.
const scopeKey = "\x00scope"

// scope gives the data of a profile, which is the plan's own or one that a menu offers.
func (s *session) scope(p *boot.Profile) *scope {
	if sc := s.scopes[p]; sc != nil {
		return sc
	}
	sc := &scope{session: s, profile: p}
	sc.data = s.facts()
	sc.data["vars"] = s.vars(p)
	sc.data["profile"] = ""
	if p != nil {
		sc.data["profile"] = p.Name
	}
	sc.data[scopeKey] = sc
	if s.scopes == nil {
		s.scopes = make(map[*boot.Profile]*scope, 1)
	}
	s.scopes[p] = sc
	return sc
}

// vars merges what the profile says with what groups and the host say over it.
func (s *session) vars(p *boot.Profile) boot.Vars {
	vars := s.plan.Vars
	if p != s.plan.Profile && p != nil {
		vars = p.Vars
		for _, g := range s.plan.Groups {
			vars = vars.Merge(g.Vars)
		}
		if s.plan.Host != nil {
			vars = vars.Merge(s.plan.Host.Vars)
		}
	}
	if vars == nil {
		vars = boot.Vars{}
	}
	return vars
}

// facts are what is known of the machine and of this server. What is not known is an empty string.
func (s *session) facts() map[string]any {
	c := s.visit.Client
	name := ""
	if s.plan.Host != nil {
		name = s.plan.Host.Name
	}
	return map[string]any{
		"host":      map[string]any{"name": name, "labels": s.labels()},
		"mac":       orEmpty(c.MAC, boot.MAC{}, c.MAC.String),
		"uuid":      orEmpty(c.UUID, boot.UUID{}, c.UUID.String),
		"ip":        orEmpty(c.Addr, netip.Addr{}, c.Addr.Unmap().String),
		"serial":    c.Serial,
		"hostname":  cmp.Or(name, c.Hostname),
		"arch":      c.Arch().String(),
		"cpu":       c.Arch().CPU(),
		"firmware":  c.Firmware().String(),
		"server":    orEmpty(s.visit.Server.Host, netip.Addr{}, s.visit.Server.Host.Unmap().String),
		"http_port": int(s.visit.Server.Port),
	}
}

func (s *session) labels() map[string]string {
	if s.plan.Client.Labels == nil {
		return map[string]string{}
	}
	return s.plan.Client.Labels
}

func orEmpty[T comparable](v, zero T, text func() string) string {
	if v == zero {
		return ""
	}
	return text()
}

// name gives the place of a path in this machine's tree.
func (s *session) name(path string) (boot.Name, error) {
	n, err := boot.ParseName(path)
	if err != nil {
		return n, err
	}
	if n.Machine.IsZero() {
		n = n.For(s.visit.Client.MAC)
	}
	return n, nil
}

// path gives the place of one of the profile's own files: those of a profile that a menu offers are kept apart from
// those of the machine's own.
func (sc *scope) path(path string) string {
	if sc.profile == nil || sc.profile == sc.plan.Profile || !sc.hasFile(path) {
		return path
	}
	return offeredDir + "/" + sc.profile.Name + "/" + path
}

// hasFile reports whether the profile renders a file of that name, or one in the directory of that name.
func (sc *scope) hasFile(path string) bool {
	files := sc.filesOf(sc.profile)
	if files[path] != nil {
		return true
	}
	dir := strings.TrimSuffix(path, "/") + "/"
	for name := range files {
		if strings.HasPrefix(name, dir) {
			return true
		}
	}
	return false
}

// scopeOf finds the scope in what a template passed as its root.
func scopeOf(root any) (*scope, error) {
	if data, ok := root.(map[string]any); ok {
		if sc, ok := data[scopeKey].(*scope); ok {
			return sc, nil
		}
	}
	return nil, errors.New("it needs the whole data of the machine: pass . (or $) to the included template")
}
