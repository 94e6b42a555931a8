// SPDX-License-Identifier: Apache-2.0

package media

import (
	"regexp"
	"strings"
)

// system is the name that a medium has for itself.
func (l *look) system() string {
	if info := title(l.text(".disk/info")); info != "" {
		return info
	}
	if name := l.treeinfo("general", "name"); name != "" {
		return title(name)
	}
	return title(l.image.Label)
}

// treeinfo is a value of a section of .treeinfo, which is an INI file.
func (l *look) treeinfo(section, key string) string {
	within := ""
	for line := range strings.Lines(l.text(".treeinfo")) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			within = strings.Trim(line, "[]")
		}
		if k, value, ok := strings.Cut(line, "="); ok && within == section && strings.TrimSpace(k) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

var (
	versionNumber = regexp.MustCompile(`(?:^|[^0-9A-Za-z.])[vV]?(?:([0-9]{1,4}(?:\.[0-9]+)+)|([0-9]{1,4})(?:$|[^0-9A-Za-z]))`)
	underscore    = regexp.MustCompile(`([0-9])_([0-9])`) // in labels: V1_8_0
)

// version is the first number in a name that looks like one of a version; not the 64 of x86_64.
func version(name string) string {
	name = strings.NewReplacer("x86_64", "", "x86-64", "", "aarch64", "", "arm64", "").Replace(name)
	name = underscore.ReplaceAllString(underscore.ReplaceAllString(name, "$1.$2"), "$1.$2")
	if found := versionNumber.FindStringSubmatch(name); found != nil {
		return found[1] + found[2]
	}
	return ""
}

// arch is the instruction set: what the medium's own boot program is for, else what the names of its files say.
func (l *look) arch() string {
	for _, a := range [...]struct{ program, arch string }{
		{"efi/boot/bootx64.efi", "x86_64"}, {"efi/boot/bootaa64.efi", "arm64"}, {"efi/boot/bootriscv64.efi", "riscv64"},
		{"efi/boot/bootloongarch64.efi", "loongarch64"}, {"efi/boot/bootia32.efi", "i386"},
	} {
		if l.has(a.program) {
			return a.arch
		}
	}
	text := l.text(".disk/info") + " " + l.treeinfo("general", "arch") + " " + l.image.Label
	for _, e := range l.entries {
		text += " " + e.kernel
	}
	for _, a := range [...]struct{ name, arch string }{
		{"x86_64", "x86_64"}, {"amd64", "x86_64"}, {"install.amd", "x86_64"}, {"aarch64", "arm64"}, {"arm64", "arm64"}, {"riscv64", "riscv64"},
		{"loongarch64", "loongarch64"}, {"i386", "i386"}, {"i686", "i386"},
	} {
		if strings.Contains(text, a.name) {
			return a.arch
		}
	}
	return ""
}
