// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/catalog"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/pull"
	"github.com/bootlace-net/bootlace/internal/site"
	"github.com/bootlace-net/bootlace/internal/trust"
)

// pulling are the flags that say what is pulled and what vouches for it.
type pulling struct {
	name, title, arch string
	cmdline           []string
	leastMemory       int
	digests           []string
	sums, signature   string
	keys              []string
	fingerprints      []string
	firstUse, expired bool
}

func (p *pulling) addFlags(f *pflag.FlagSet) {
	f.StringVar(&p.name, "name", "", "name to keep it by, as family/version (default: that of the catalogue)")
	f.StringVar(&p.title, "title", "", "what menus show")
	f.StringVar(&p.arch, "arch", "x86_64", "instruction set of files that are no image of the catalogue; any, where it does not matter")
	f.StringArrayVar(&p.cmdline, "cmdline", nil, "arguments of the kernel, in place of the catalogue's; {url} is where the image's files are served")
	f.IntVar(&p.leastMemory, "least-memory", 0, "memory that a machine needs to boot it, in MiB")
	f.StringArrayVar(&p.digests, "sha256", nil, "digest of a file, once for each in their order")
	f.StringVar(&p.sums, "sums", "", "list of digests (SHA256SUMS): an address or a file")
	f.StringVar(&p.signature, "signature", "", "signature of the list, or of the one file: an address or a file")
	f.StringArrayVar(&p.keys, "key", nil, "file of the key that has signed, may be given again")
	f.StringArrayVar(&p.fingerprints, "fingerprint", nil, "the only keys of --key that count")
	f.BoolVar(&p.firstUse, "trust-on-first-use", false, "take what comes, although nothing vouches for it")
	f.BoolVar(&p.expired, "allow-expired", false, "take digests from a signed list whose Valid-Until is over: of an archive that is closed, or by a clock that is wrong")
}

// request makes of the command line what is to be pulled.
func (p *pulling) request(s *site.Kept, args []string) (r pull.Request, err error) {
	r.FirstUse, r.Expired = p.firstUse, p.expired
	if len(args) == 1 && isName(args[0]) {
		if r.Recipe, err = s.Catalog.Recipe(args[0]); err != nil {
			return r, usageError(err)
		}
	} else if r.Recipe, err = p.recipe(args); err != nil {
		return r, usageError(err)
	}
	if err := p.over(r.Recipe); err != nil {
		return r, usageError(err)
	}
	r.Key, err = p.key()
	return r, err
}

// isName tells a name of the catalogue from an address, a path, and a file that is there.
func isName(arg string) bool {
	if strings.ContainsAny(arg, `=\`) || strings.Contains(arg, "://") || strings.HasPrefix(arg, ".") || strings.HasPrefix(arg, "/") {
		return false
	}
	info, err := os.Stat(arg)
	return err != nil || info.IsDir()
}

// recipe is one made of files.
func (p *pulling) recipe(args []string) (*catalog.Recipe, error) {
	if err := vault.CheckName(p.name); err != nil {
		return nil, fmt.Errorf("--name: %w", err)
	}
	segs := strings.Split(p.name, "/")
	r := &catalog.Recipe{Name: p.name, Family: segs[0], Version: segs[1], Arch: boot.CPUName(p.arch)}
	for _, arg := range args {
		f, err := fileOf(arg)
		if err != nil {
			return nil, err
		}
		r.Files = append(r.Files, f)
	}
	return r, nil
}

// over lays what the command line says over a recipe.
func (p *pulling) over(r *catalog.Recipe) error {
	if p.name != "" {
		if err := vault.CheckName(p.name); err != nil {
			return fmt.Errorf("--name: %w", err)
		}
		r.Name = p.name
	}
	if p.title != "" {
		r.Title = p.title
	}
	if p.leastMemory > 0 {
		r.LeastMemory = int64(p.leastMemory) << 20
	}
	if len(p.cmdline) > 0 {
		r.Cmdline = strings.Fields(strings.Join(p.cmdline, " "))
	}
	return p.proofs(r)
}

// proofs says what vouches for the files.
func (p *pulling) proofs(r *catalog.Recipe) error {
	if len(p.digests) > 0 && len(p.digests) != len(r.Files) {
		return fmt.Errorf("--sha256: expected one for each of %s, got %d", count(len(r.Files), "file"), len(p.digests))
	}
	for i, text := range p.digests {
		d, err := vault.ParseDigest(text)
		if err != nil {
			return fmt.Errorf("--sha256 %q: %w", text, err)
		}
		r.Files[i].SHA256 = d.Hex()
	}
	switch {
	case p.sums != "":
		r.Lists = []catalog.List{{URL: p.sums, Signature: p.signature}}
	case p.signature != "" && len(r.Files) > 1:
		return errors.New("--signature: of which file? expected one file, or --sums with the list that it signs")
	case p.signature != "":
		r.Lists, r.Files[0].Signature = nil, p.signature
	}
	if p.signature != "" && len(p.keys) == 0 && len(r.Keys.Fingerprints) == 0 {
		return errors.New("--signature: expected --key with the file of the key that has signed")
	}
	return nil
}

// key reads the files of keys; nil if there are none.
func (p *pulling) key() (*trust.Key, error) {
	if len(p.keys) == 0 {
		if len(p.fingerprints) > 0 {
			return nil, usageError(errors.New("--fingerprint: expected --key with the file of the keys"))
		}
		return nil, nil
	}
	var all []byte
	for _, name := range p.keys {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, b...)
	}
	key, err := trust.ParseKey(all)
	if err != nil {
		return nil, fmt.Errorf("--key %s: %w", strings.Join(p.keys, ", "), err)
	}
	if len(p.fingerprints) > 0 {
		return key.Only(p.fingerprints)
	}
	return key, nil
}
