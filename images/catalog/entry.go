// SPDX-License-Identifier: Apache-2.0

package catalog

// Entry is one family of images. All texts are patterns: {version}, {arch} and the names of vars stand for values.
type Entry struct {
	Title       string             `yaml:"title" doc:"What menus and lists show."`
	About       string             `yaml:"about" doc:"What to know before it is pulled."`
	Vars        map[string]string  `yaml:"vars" doc:"Values for patterns, such as mirror."`
	Versions    map[string]Release `yaml:"versions" doc:"Versions that are known, and what differs for them."`
	AnyVersion  bool               `yaml:"any_version" doc:"Whether other versions can be asked for: they are put into the patterns as they are."`
	Arch        map[string]string  `yaml:"arch" doc:"Instruction sets (x86_64, arm64) and what the makers of the image call them."`
	Files       []File             `yaml:"files" doc:"What is fetched."`
	Lists       []List             `yaml:"lists" doc:"Lists of digests: the first one is signed, and each of the others is in the one before it."`
	Keys        Keys               `yaml:"keys" doc:"Who signs."`
	Cmdline     []string           `yaml:"cmdline" doc:"Arguments of the kernel. {url} is where the files of the image are served."`
	LeastMemory int                `yaml:"least_memory_mib" min:"0" max:"1048576" doc:"Memory that a machine needs to boot it, in MiB."`
}

// Release is one version.
type Release struct {
	Vars         map[string]string `yaml:"vars" doc:"Values for patterns, above those of the family."`
	Fingerprints []string          `yaml:"fingerprints" doc:"Keys of this version, in place of the family's."`
}

// File is one file of an image.
type File struct {
	Role      string `yaml:"role" doc:"kernel, initrd, shim, program, iso or other."`
	Path      string `yaml:"path" doc:"Its name in the image; the last part of url, unless given."`
	URL       string `yaml:"url" doc:"Where it is."`
	Signature string `yaml:"signature" doc:"Where the signature of this file alone is."`
	SHA256    string `yaml:"sha256" doc:"Its digest, where that never changes."`
}

// List is a list of digests.
type List struct {
	URL       string `yaml:"url" doc:"Where it is."`
	Signature string `yaml:"signature" doc:"Where its signature is; none: inside of it, or none is needed."`
}

// Keys say who signs.
type Keys struct {
	URL          []string `yaml:"url" doc:"Where the keys are to be had. They count only if their fingerprints are below."`
	Keyrings     []string `yaml:"keyrings" doc:"Files of this system that hold them, if they exist: they are asked first."`
	Fingerprints []string `yaml:"fingerprints" doc:"Of the primary keys. None: whoever pulls has to say whose key it is."`
}

// over lays what another entry says over this one: values and versions one by one, all else as a whole.
func (e Entry) over(o Entry) Entry {
	e.Title, e.About = or(o.Title, e.Title), or(o.About, e.About)
	e.Vars, e.Versions, e.Arch = join(e.Vars, o.Vars), join(e.Versions, o.Versions), join(e.Arch, o.Arch)
	e.AnyVersion = e.AnyVersion || o.AnyVersion
	e.Files, e.Lists, e.Cmdline = list(o.Files, e.Files), list(o.Lists, e.Lists), list(o.Cmdline, e.Cmdline)
	e.Keys.URL = list(o.Keys.URL, e.Keys.URL)
	e.Keys.Keyrings = list(o.Keys.Keyrings, e.Keys.Keyrings)
	if o.Keys.Fingerprints != nil { // a new key is the only one: also for versions
		e.Keys.Fingerprints = o.Keys.Fingerprints
		for name, r := range e.Versions {
			r.Fingerprints = o.Versions[name].Fingerprints
			e.Versions[name] = r
		}
	}
	if o.LeastMemory != 0 {
		e.LeastMemory = o.LeastMemory
	}
	return e
}
