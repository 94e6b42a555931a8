// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/images"
	"github.com/bootlace-net/bootlace/internal/files"
)

// Name reads what was asked for. TFTP's pass the rules of the site, which see them without the machine prefix: it is ours,
// and loaders carry it on.
func (s *Site) Name(p boot.Protocol, asked string) (boot.Name, error) {
	name, err := boot.ParseName(asked)
	if err != nil {
		return name, fmt.Errorf("%w: %w", fs.ErrInvalid, err)
	}
	if p != boot.TFTP {
		return name, nil
	}
	path, err := s.rules.Apply(name.Path())
	switch {
	case err != nil:
		return name, fmt.Errorf("tftp.remap: %w", err)
	case path == name.Path():
		return name, nil
	}
	rewritten, err := boot.ParseName(path)
	if err != nil {
		return name, fmt.Errorf("tftp.remap makes %q of it: %w: %w", path, fs.ErrInvalid, err)
	}
	if rewritten.Machine.IsZero() {
		rewritten.Machine = name.Machine
	}
	return rewritten, nil
}

// rules are the site's rules for names.
func rules(remap []configs.Remap) (rules files.Rules) {
	for _, r := range remap {
		rules = append(rules, files.Rule(r))
	}
	return rules
}

// File opens what a machine with this plan gets for a name: what is rendered for it, else what is in the store. The error is
// fs.ErrNotExist, fs.ErrInvalid or fs.ErrPermission where that is the reason.
func (s *Site) File(v boot.Visit, p boot.Plan) (boot.File, error) {
	f, err := s.Menus.Open(v, p)
	switch {
	case err == nil && boot.HoldsOf(f)&boot.HoldsSecret != 0 && !v.ByToken && s.Settings.Secrets == configs.SecretsStrict:
		return nil, fmt.Errorf("%w: it holds a secret, and secrets: strict gives that only to who asks by file_url", fs.ErrPermission)
	case !errors.Is(err, fs.ErrNotExist):
		return f, err
	}
	if s.Menus.Withheld(v, p) {
		return nil, err
	}
	for _, name := range s.Menus.Candidates(v, p) {
		if f, err = s.image(name, v, p); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if as, inner, ok := boot.SplitPlacedPath(v.Name.Path()); ok && errors.Is(err, fs.ErrNotExist) {
		return s.placed(as, inner, v, p)
	}
	if err != nil {
		return nil, err
	}
	if err = fits(f, v, p); err != nil {
		_ = f.Close() // only read
		return nil, err
	}
	return f, nil
}

// image opens a file of the store. iPXE builds with room for a script get ours.
func (s *Site) image(name string, v boot.Visit, p boot.Plan) (boot.File, error) {
	if text, image, ok := s.Images.Rewriting(name); ok {
		return rewritten(text, image, v), nil
	}
	f, err := s.Images.Open(name)
	if errors.Is(err, fs.ErrNotExist) && v.Protocol == boot.TFTP && s.Settings.TFTP.IgnoreCase {
		if other, ok := s.Images.Fold(name); ok {
			f, err = s.Images.Open(other)
		}
	}
	if err != nil || !strings.EqualFold(path.Ext(name), ".efi") {
		return f, err
	}
	patched, err := images.PatchScript(f, loaderScript(v.Server.For(&p, boot.TrustLoader)))
	if err != nil { // not an iPXE, or a build without our marks: served as it is
		return f, nil
	}
	return patched, nil
}

// rewritten fills in where an image's files are, as the machine that asks sees them: in its own tree, if it asked there.
func rewritten(text, image string, v boot.Visit) boot.File {
	at, err := boot.ParseName(image)
	if err == nil && !v.Name.Machine.IsZero() {
		at = at.For(v.Name.Machine)
	}
	return boot.NewMemFile([]byte(strings.ReplaceAll(text, "{url}", v.Server.URL(at.String())+"/")), time.Time{})
}

// loaderScript is what our iPXE runs before its own search: UEFI iPXE still has the firmware's address (efi_cachedhcp.c),
// so it can fetch its script at once; without that it asks DHCP itself. If the script cannot be had, the build's own
// search goes on; if it runs, it takes the place of the build's (--replace), so that its "exit 1" reaches the firmware,
// which then tries its next boot entry. At most images.ScriptRoom bytes, also with the longest IPv6 address.
func loaderScript(server boot.Endpoint) string {
	url := server.URL("m/${mac:hexhyp}/boot.ipxe")
	return "ifopen\nisset ${ip} || dhcp\nchain --replace " + url + " ||\n"
}
