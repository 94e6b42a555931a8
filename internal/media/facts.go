// SPDX-License-Identifier: Apache-2.0

package media

import (
	"encoding/binary"
	"path"
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

// shim is the program that firmware starts from the medium, if another loader lies beside it for it to start: such a program is a shim.
func (l *look) shim() string {
	program := l.first("efi/boot/boot*.efi")
	suffix := strings.TrimPrefix(strings.ToLower(path.Base(program)), "boot")
	if program == "" || !l.has("efi/boot/grub"+suffix) && !l.has("efi/boot/grub.efi") { // the latter is SUSE's
		return ""
	}
	return program
}

// verdict says whether a kernel can be started under Secure Boot.
func (l *look) verdict(kernel string) Verdict {
	switch signed, shim := l.signed(kernel), l.shim(); {
	case !signed:
		return Verdict{"no", "unsigned kernel: no Secure Boot"}
	case shim == "":
		return Verdict{"unknown", "the kernel is signed, but there is no shim on the medium that would say by whom"}
	default:
		return Verdict{"yes", "the kernel is signed; the medium's own shim verifies it: " + shim}
	}
}

// signed says whether a PE file has a table of certificates: PE format, data directory 4.
func (l *look) signed(name string) bool {
	e := l.file(name)
	if e == nil {
		return false
	}
	r, err := l.image.Content(e)
	if err != nil {
		return false
	}
	b := make([]byte, 4096)
	n, _ := r.ReadAt(b, 0) // short files are read whole
	b = b[:n]
	if len(b) < 64 || string(b[:2]) != "MZ" {
		return false
	}
	at := uint64(binary.LittleEndian.Uint32(b[60:]))
	if at+24+112+40 > uint64(len(b)) || string(b[at:at+4]) != "PE\x00\x00" {
		return false
	}
	optional := b[at+24:]
	directories := 96
	if binary.LittleEndian.Uint16(optional) == 0x20b { // PE32+
		directories = 112
	}
	return binary.LittleEndian.Uint32(optional[directories+4*8+4:]) > 0
}
