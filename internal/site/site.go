// SPDX-License-Identifier: Apache-2.0

package site

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/images"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/files"
	"github.com/bootlace-net/bootlace/menus"
)

// Site is a configuration with everything it refers to, and without any sockets: what check, render and explain ask, and what
// serve serves. It never changes; a request keeps the one it began with.
type Site struct {
	Settings configs.Settings
	Catalog  *boot.Catalog
	Menus    *menus.Tree
	Images   *images.Store

	read  readPrograms
	rules files.Rules // for names of TFTP
	dir   string
	over  Overrides
	file  string // of hosts that were adopted; "": there is no place for them
}

// Overrides are what the command line says over the configuration. Empty fields override nothing.
type Overrides struct {
	State      string   // the state directory
	Interfaces []string // the interfaces to serve
	NoSecrets  bool     // templates get "SECRET NAME" for a secret, which is not looked for
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
	return sound(load(dir, over, reading{}))
}

// Again reads the configuration anew, over the images that are open already.
func (s *Site) Again() (*Site, []boot.Problem, error) {
	if err := s.Images.Refresh(); err != nil {
		return nil, nil, err
	}
	return sound(load(s.dir, s.over, reading{store: s.Images}))
}

// sound gives a site only if there is nothing wrong with it.
func sound(s *Site, problems []boot.Problem, err error) (*Site, []boot.Problem, error) {
	if slices.ContainsFunc(problems, mistake) {
		return nil, problems, err
	}
	return s, problems, err
}

func mistake(p boot.Problem) bool { return !p.Warning }

// reading says how a configuration is read. The zero value is usable.
type reading struct {
	store   *images.Store                            // nil: opened where the configuration says
	opened  func(name string)                        // told of each file of the configuration; may be nil
	trouble func(*configs.Server) func(string) error // makes what says why a secret cannot be had; nil: nobody looks
	instead *instead                                 // a file that is to be taken for what it would be; nil: none
	alone   bool                                     // only the directory is read, and nothing of the state
}

// load makes a site even if templates are wrong, as long as there is a catalog.
func load(dir string, over Overrides, how reading) (*Site, []boot.Problem, error) {
	spec, err := read(dir, over, how)
	if err != nil {
		return nil, nil, err
	}
	server := &spec.Settings.Server
	over.apply(server)
	kept := vault.Open(VaultDir(server))
	if how.store != nil {
		kept = how.store.Vault()
	}
	spec.Images = imageFinder(kept, imagesDir(server))
	spec.LoaderSets = loaderSets(imagesDir(server))
	store, storeErr := how.store, error(nil)
	if store == nil {
		store, storeErr = images.Open(imagesDir(server), kept)
	}
	if storeErr == nil {
		spec.CPU, spec.Own = cpus(store), own(store)
	}
	catalog, more := boot.Build(spec.Spec)
	problems := append(append(spec.Problems, more...), badImages(kept)...)
	_, more = readCatalog(dir)
	problems = append(problems, more...)
	slices.SortStableFunc(problems, boot.CompareProblems)
	if storeErr != nil || slices.ContainsFunc(problems, mistake) {
		if how.store == nil && storeErr == nil {
			storeErr = store.Close()
		}
		return nil, problems, storeErr
	}
	opts := menus.Options{
		Images: store, Pulled: pulledOf(store), Templates: spec.Templates, YAML: configs.WriteYAML, Secret: over.secret(server),
		SecretsByToken: spec.Settings.Secrets == configs.SecretsStrict, NoHTTP: !spec.Settings.HTTP.Enabled,
		Memory: spec.Settings.Memory.Check.Policy(), MemoryPause: spec.Settings.Memory.Pause,
		Inventory: spec.Settings.HTTP.Inventory, Syslog: spec.Settings.Syslog.Listen,
	}
	if how.trouble != nil {
		opts.SecretTrouble = how.trouble(server)
	}
	tree, more := menus.New(catalog, opts)
	problems = append(problems, more...)
	slices.SortStableFunc(problems, boot.CompareProblems)
	return &Site{Settings: *spec.Settings, Catalog: catalog, Menus: tree, Images: store, rules: rules(spec.Settings.TFTP.Remap), dir: dir, over: over, file: adoptedFile(dir, server)}, problems, nil
}

// read merges what all sources say: the directory, the file of hosts that were adopted, and the hosts that were made by the API.
func read(dir string, over Overrides, how reading) (*configs.Spec, error) {
	if dir == "" {
		return configs.Default(), nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: expected a directory with bootlace.yaml, profiles and hosts in it", err)
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: errors.New("not a directory: expected one with bootlace.yaml, profiles and hosts in it")}
	}
	files := os.DirFS(dir)
	if how.opened != nil {
		files = noting{files, how.opened}
	}
	spec := configs.Merge(configs.Directory(how.instead.in(files, dir), dir))
	server := spec.Settings.Server
	over.apply(&server)
	if adopted := how.adopted(dir, &server); adopted != nil && !how.alone {
		spec = configs.Merge(spec, adopted)
	}
	if made := how.made(&server); made != nil && !how.alone {
		spec = configs.Merge(spec, yielding(made, spec.Hosts))
	}
	return spec, nil
}

// Plan says what a machine is to boot.
func (s *Site) Plan(c boot.Client) boot.Plan { return s.Catalog.Plan(c) }

// Endpoint is where the tree is served to machines, without a host: that is the address which a machine asks.
func (s *Site) Endpoint() boot.Endpoint {
	h := &s.Settings.HTTP
	if !h.Enabled {
		return boot.Endpoint{}
	}
	e := boot.Endpoint{Scheme: boot.HTTP, Port: uint16(h.Port), Name: h.TLS.Name}
	if len(h.Listen) > 0 {
		e.Port = h.Listen[0].Port()
	}
	if len(h.TLS.Listen) > 0 {
		e.TLS = h.TLS.Listen[0].Port()
	}
	return e
}

// local is an address to show in URLs when nobody asked: the documentation prefix of RFC 5737.
func local() netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, 1}) }

// Visit makes the question for a name that a machine would ask, for render and explain, which show secrets to who may read them.
// server may be invalid.
func (s *Site) Visit(name boot.Name, c boot.Client, server netip.Addr) boot.Visit {
	if !server.IsValid() {
		server = local()
	}
	return boot.Visit{Name: name, Protocol: boot.HTTP, Client: c, Server: s.Endpoint().At(server), ByToken: true, Asked: true, Code: menus.CodeInstead}
}
