// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"io/fs"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// firmwareDir is where the images hold the Raspberry Pi's firmware (start4.elf, fixup4.dat, device trees), for all of
// them: the directory of the profile's loader "rpi", else "rpi".
func firmwareDir(p boot.Plan) string {
	if p.Profile != nil {
		if t, ok := p.Profile.LoaderText(boot.ArchRPi); ok {
			return strings.Trim(t.S, "/")
		}
	}
	return "rpi"
}

// isPi reports whether a Raspberry Pi asks. Old ones announce themselves as a PC (architecture 0) and can only be told
// by the directory they ask in.
func isPi(v boot.Visit) bool { return v.Client.Firmware() == boot.FirmwareRPi || piDir(v) }

// piDir reports whether the name lies in the directory that a Raspberry Pi puts before every name: the last eight digits
// of its serial number, or its hardware address with dashes (TFTP_PREFIX 0 and 2). Models before the fourth do not tell
// DHCP their serial number.
func piDir(v boot.Visit) bool {
	top, _, _ := strings.Cut(v.Name.Dir, "/")
	switch serial := piSerial(v.Client); {
	case top == "":
		return false
	case serial == "" && v.Client.Firmware() == boot.FirmwareRPi && len(top) == 8 && isHex(top):
		return true
	default:
		return top == serial || top == v.Client.MAC.Dash() && !v.Client.MAC.IsZero()
	}
}

func piSerial(c boot.Client) string {
	s := strings.ToLower(c.Serial)
	if len(s) < 8 || !isHex(s) {
		return ""
	}
	return s[len(s)-8:]
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

// specialPaths lists what a Raspberry Pi asks for.
func specialPaths(p boot.Plan) []string {
	if s := piSerial(p.Client); s != "" && p.Client.Firmware() == boot.FirmwareRPi {
		return []string{s + "/config.txt", s + "/cmdline.txt"}
	}
	return nil
}

// Candidates lists the names under which the images may hold a file that is not rendered, in the order they are to be
// tried. For nearly everybody that is the name itself, without the machine. A Raspberry Pi asks for everything in a
// directory of its own, and finds there what all of them share.
func (t *Tree) Candidates(v boot.Visit, p boot.Plan) []string {
	path := v.Name.Path()
	switch {
	case !piDir(v):
		return []string{path}
	case p.ToDisk:
		return nil // without its own firmware a Raspberry Pi goes on to the next way to boot at once
	}
	_, rest, _ := strings.Cut(path, "/")
	return []string{path, rest, firmwareDir(p) + "/" + rest}
}

// piWriter writes config.txt, which names kernel and initrds, and cmdline.txt.
func piWriter(v boot.Visit, p boot.Plan) writer {
	if p.Profile == nil || p.Profile.Start != nil || p.Profile.For(v.Client.Arch()).Kind != boot.EntryKernel {
		return nil
	}
	return func(s *session) ([]byte, error) {
		pg, err := s.page()
		if err != nil {
			return nil, err
		}
		it := pg.items[0]
		if it.kernel.ext != "" {
			return nil, fs.ErrNotExist // its firmware loads files by TFTP only
		}
		if v.Name.Base == "cmdline.txt" {
			return []byte(strings.Join(it.args, " ") + "\n"), nil
		}
		return piConfig(s, it), nil
	}
}

func piConfig(s *session, it *item) []byte {
	var b strings.Builder
	b.WriteString(comment(s.title()) + "\n")
	if s.visit.Client.Arch().CPU() == "arm64" {
		b.WriteString("arm_64bit=1\n")
	}
	b.WriteString("kernel=" + it.kernel.name.Path() + "\n")
	if len(it.modules) > 0 {
		files := make([]string, len(it.modules))
		for i, m := range it.modules {
			files[i] = m.file.name.Path()
		}
		b.WriteString("initramfs " + strings.Join(files, ",") + " followkernel\n")
	}
	b.WriteString("cmdline=cmdline.txt\n")
	return []byte(b.String())
}
