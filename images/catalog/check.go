// SPDX-License-Identifier: Apache-2.0

package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// check says what is wrong with an entry.
func (e Entry) check(name string) (wrong []string) {
	if !regexp.MustCompile(`^[a-z0-9]([a-z0-9._+-]*[a-z0-9])?$`).MatchString(name) || name == "m" {
		wrong = append(wrong, "expected a name of lower-case letters, digits, and . _ + - between them")
	}
	if len(e.Files) == 0 && e.About == "" || len(e.Arch) == 0 || len(e.Versions) == 0 && !e.AnyVersion {
		return append(wrong, "expected files (or about, to say where to get them), arch, and versions or any_version")
	}
	for _, f := range e.Files {
		if !slices.Contains([]string{"kernel", "initrd", "shim", "program", "iso", "other"}, f.Role) {
			wrong = append(wrong, fmt.Sprintf("role %q: expected kernel, initrd, shim, program, iso or other", f.Role))
		}
	}
	for _, print := range e.prints() {
		if !regexp.MustCompile(`^([0-9A-F]{40}|[0-9A-F]{64}|[0-9A-F]{16})$`).MatchString(print) {
			wrong = append(wrong, fmt.Sprintf("fingerprint %q: expected 40 hexadecimal digits (16 for minisign, 64 for cosign)", print))
		}
	}
	return append(wrong, e.checkPatterns(name)...)
}

// prints lists all fingerprints, without white space.
func (e Entry) prints() (all []string) {
	all = append(all, e.Keys.Fingerprints...)
	for _, r := range e.Versions {
		all = append(all, r.Fingerprints...)
	}
	for i, p := range all {
		all[i] = strings.ToUpper(strings.Join(strings.Fields(p), ""))
	}
	return all
}

// checkPatterns fills in every version for every architecture.
func (e Entry) checkPatterns(name string) (wrong []string) {
	if len(e.Files) == 0 {
		return nil
	}
	c := Catalog{map[string]Entry{name: e}}
	versions := e.versions()
	if e.AnyVersion {
		versions = append(versions, "1")
	}
	for _, v := range versions {
		for _, a := range e.archs() {
			r, err := c.Recipe(name + "/" + v + "/" + a)
			if err != nil {
				return append(wrong, err.Error())
			}
			wrong = append(wrong, r.check()...)
		}
	}
	return wrong
}

func (r *Recipe) check() (wrong []string) {
	addresses := slices.Clone(r.Keys.URL)
	paths := make(map[string]bool)
	for _, f := range r.Files {
		addresses = append(addresses, f.URL)
		if f.Signature != "" {
			addresses = append(addresses, f.Signature)
		}
		if paths[f.Path] {
			wrong = append(wrong, "two files would have the path "+f.Path)
		}
		paths[f.Path] = true
	}
	for _, l := range r.Lists {
		addresses = append(addresses, l.URL)
	}
	for _, a := range addresses {
		if !strings.HasPrefix(a, "https://") && !strings.HasPrefix(a, "http://") {
			wrong = append(wrong, fmt.Sprintf("%q: expected http://… or https://…", a))
		}
	}
	return wrong
}
