// SPDX-License-Identifier: Apache-2.0

package site

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/images"
	"github.com/bootlace-net/bootlace/menus"
)

// Site is a configuration with everything it refers to, and without any sockets: what check, render and explain ask, and what
// serve serves. It never changes; a request keeps the one it began with.
type Site struct {
	Config *configs.Config
	Menus  *menus.Tree
	Images *images.Store

	dir  string
	over Overrides
}

// Overrides are what the command line says over the configuration. Empty fields override nothing.
type Overrides struct {
	State      string   // the state directory
	Interfaces []string // the interfaces to serve
}

func (o Overrides) apply(s *configs.Server) {
	s.State = cmp.Or(o.State, s.State)
	if len(o.Interfaces) > 0 {
		s.Interfaces = o.Interfaces
	}
}

// Open reads the configuration directory dir; an empty one means the built-in configuration. The problems hold all that
// is wrong or doubtful, in the order of files and lines; the site is nil if one of them is not a warning, except
// for images that do not exist yet: those are errors of a check, but no reason not to serve (see [Site.Missing]). The error
// is about the images directory, or dir itself.
func Open(dir string, over Overrides) (*Site, []boot.Problem, error) {
	return open(dir, over, func(s *configs.Server) (*images.Store, error) { return images.Open(imagesDir(s)) })
}

// Again reads the configuration anew, over the images that are open already.
func (s *Site) Again() (*Site, []boot.Problem, error) {
	return open(s.dir, s.over, func(*configs.Server) (*images.Store, error) { return s.Images, s.Images.Refresh() })
}

func open(dir string, over Overrides, openImages func(*configs.Server) (*images.Store, error)) (*Site, []boot.Problem, error) {
	cfg, problems, err := read(dir)
	if cfg == nil || err != nil {
		return nil, problems, err
	}
	over.apply(&cfg.Settings.Server)
	store, err := openImages(&cfg.Settings.Server)
	if err != nil {
		return nil, problems, err
	}
	tree, more := menus.New(cfg.Catalog, menus.Options{
		Images: store, Templates: cfg.Templates, YAML: configs.WriteYAML, Secret: secrets(cfg.Settings.Server.Secrets),
	})
	problems = append(problems, more...)
	slices.SortStableFunc(problems, boot.CompareProblems)
	if slices.ContainsFunc(problems, func(p boot.Problem) bool { return !p.Warning }) {
		return nil, problems, nil
	}
	return &Site{Config: cfg, Menus: tree, Images: store, dir: dir, over: over}, problems, nil
}

func read(dir string) (*configs.Config, []boot.Problem, error) {
	if dir == "" {
		return configs.Default(), nil, nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: expected a directory with bootlace.yaml, profiles and hosts in it", err)
	}
	if !info.IsDir() {
		return nil, nil, &fs.PathError{Op: "open", Path: dir, Err: errors.New("not a directory: expected one with bootlace.yaml, profiles and hosts in it")}
	}
	cfg, problems := configs.Check(os.DirFS(dir), dir)
	return cfg, problems, nil
}

// ImagesDir is where images are looked for.
func (s *Site) ImagesDir() string { return imagesDir(&s.Config.Settings.Server) }

func imagesDir(s *configs.Server) string {
	return cmp.Or(s.Images, filepath.Join(s.State, "images"))
}

// secrets reads one secret per file below dir; nil without a directory.
func secrets(dir string) func(string, boot.Client) (string, error) {
	if dir == "" {
		return nil
	}
	return func(name string, _ boot.Client) (string, error) {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return "", errors.New("the directory of secrets cannot be read")
		}
		defer func() { _ = root.Close() }() // only read
		b, err := root.ReadFile(name)
		if err != nil {
			return "", errors.New("there is no such secret")
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
}

// Plan says what a machine is to boot.
func (s *Site) Plan(c boot.Client) boot.Plan { return s.Config.Catalog.Plan(c) }

// Endpoint is where the tree is served to machines, without a host: that is the address which a machine asks.
func (s *Site) Endpoint() boot.Endpoint {
	switch h := &s.Config.Settings.HTTP; {
	case !h.Enabled:
		return boot.Endpoint{}
	case len(h.Listen) > 0:
		return boot.Endpoint{Scheme: boot.HTTP, Port: h.Listen[0].Port()}
	default:
		return boot.Endpoint{Scheme: boot.HTTP, Port: uint16(h.Port)}
	}
}

// Missing lists the files that profiles name and the store does not have.
func (s *Site) Missing() []boot.Problem {
	exists := func(name string) bool {
		f, err := s.Images.Open(name)
		if err == nil {
			_ = f.Close() // only looked
		}
		return err == nil
	}
	return s.Config.Catalog.MissingFiles(exists, s.Images.Names())
}

// local is an address to show in URLs when nobody asked: the documentation prefix of RFC 5737.
func local() netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, 1}) }

// Visit makes the question for a name that a machine would ask, for render and explain. server may be invalid.
func (s *Site) Visit(name boot.Name, c boot.Client, server netip.Addr) boot.Visit {
	if !server.IsValid() {
		server = local()
	}
	return boot.Visit{Name: name, Protocol: boot.HTTP, Client: c, Server: s.Endpoint().At(server)}
}
