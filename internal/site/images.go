// SPDX-License-Identifier: Apache-2.0

package site

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/images"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/menus"
)

// imageFinder finds what a vault has for the catalog. dir is the operator's directory, which may hide images.
func imageFinder(v *vault.Vault, dir string) func(name string) *boot.Image {
	return func(name string) *boot.Image {
		m := v.Image(name)
		if m == nil {
			return unknownImage(v, name)
		}
		i := bootImage(m)
		if hides := filepath.Join(dir, filepath.FromSlash(name)); exists(hides) {
			i.Trouble, i.Expected = "is hidden by "+hides, "expected no directory of its name there, or a profile that names files of it"
		}
		return i
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func unknownImage(v *vault.Vault, name string) *boot.Image {
	i := &boot.Image{Kernel: name + "/kernel", Trouble: "is not here", Expected: "expected it to be pulled: bootlace images pull " + name}
	list, _ := v.List()
	var names []string
	for _, m := range list {
		names = append(names, m.Name)
	}
	if near := boot.Nearest(name, names); near != "" {
		i.Expected += "; or did you mean " + near + "?"
	}
	return i
}

// bootImage says how an image is started.
func bootImage(m *vault.Manifest) *boot.Image {
	i := &boot.Image{Kernel: m.Name + "/kernel", Least: m.LeastMemory}
	first := func(r vault.Role) string {
		if paths := m.Of(r); len(paths) > 0 {
			return m.Name + "/" + paths[0]
		}
		return ""
	}
	if kernel := first(vault.RoleKernel); kernel != "" {
		i.Kernel = kernel
		for _, path := range m.Of(vault.RoleInitrd) {
			i.Initrd = append(i.Initrd, m.Name+"/"+path)
		}
		for _, f := range m.Files {
			if f.Role == vault.RoleISO && f.As != "" {
				i.Initrd = append(i.Initrd, boot.Placed(f.As, m.Name+"/"+f.Path))
			}
		}
		i.Cmdline = arguments(m)
		return i
	}
	if files := wimbootFiles(m); len(files) > 0 {
		i.Kind, i.Kernel, i.Initrd = boot.EntryWimboot, "wimboot", files
		return i
	}
	for kind, r := range map[boot.EntryKind]vault.Role{boot.EntryISO: vault.RoleISO, boot.EntryChain: vault.RoleProgram} {
		if target := first(r); target != "" && (i.Target == "" || kind == boot.EntryChain) {
			i.Kind, i.Kernel, i.Target = kind, "", target
		}
	}
	if i.Kind == boot.EntryChain {
		i.Cmdline = arguments(m)
	}
	if i.Target == "" {
		i.Trouble, i.Expected = "has nothing that can be started", "expected a kernel, a program or an ISO among its files: bootlace images show "+m.Name
	}
	return i
}

// wimbootFiles lists what wimboot puts into the memory of Windows' boot loader, as entries write it.
func wimbootFiles(m *vault.Manifest) (files []string) {
	for _, f := range m.Files {
		if f.Role == vault.RoleInitrd && f.As != "" {
			files = append(files, f.As+"="+m.Name+"/"+f.Path)
		}
	}
	return files
}

// arguments makes templates of the arguments of an image. No manifest can bring templates of its own.
func arguments(m *vault.Manifest) (out []string) {
	url := fmt.Sprintf("{{ url %q }}", m.Name+"/")
	for _, w := range m.Cmdline {
		out = append(out, strings.ReplaceAll(w, "{url}", url))
	}
	return out
}

// pulledOf lists images for the default menu.
func pulledOf(s *images.Store) func() []menus.Pulled {
	return func() (out []menus.Pulled) {
		list, _ := s.Vault().List()
		for _, m := range list {
			i := bootImage(m)
			switch {
			case s.Hides(m.Name):
			case i.Trouble != "":
				out = append(out, menus.Pulled{Name: m.Name})
			default:
				out = append(out, menus.Pulled{Name: m.Name, Title: m.Title, CPU: m.Arch, Kind: i.Kind, Kernel: i.Kernel, Initrd: i.Initrd, Target: i.Target, Args: m.Cmdline, Least: m.LeastMemory})
			}
		}
		return out
	}
}

// badImages warns of images that cannot be used.
func badImages(v *vault.Vault) (problems []boot.Problem) {
	_, bad := v.List()
	for _, err := range bad {
		problems = append(problems, boot.Problem{What: err.Error(), Expected: "the image cannot be used: expected bootlace images pull or rm to put that right", Warning: true})
	}
	return problems
}

// VaultDir is where images are kept that were pulled or imported; "" if there is no place for them.
func VaultDir(s *configs.Server) string {
	switch {
	case s.Vault != "":
		return s.Vault
	case s.State == "":
		return ""
	}
	return filepath.Join(s.State, "vault")
}

// ImagesDir is the directory where images are looked for, whatever directory the reader of a message is in.
func (s *Site) ImagesDir() string {
	dir := imagesDir(&s.Settings.Server)
	if absolute, err := filepath.Abs(dir); err == nil {
		return absolute
	}
	return dir
}

func imagesDir(s *configs.Server) string {
	return cmp.Or(s.Images, filepath.Join(s.State, "images"))
}
