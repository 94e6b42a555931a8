// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"encoding/hex"
	"io/fs"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// specialWriter finds what is neither a loader's configuration nor a file of a profile: scripts of single entries, and
// the Raspberry Pi's own two files.
func (t *Tree) specialWriter(v boot.Visit, p boot.Plan) writer {
	dir, base := v.Name.Dir, v.Name.Base
	switch {
	case dir == entryDir && strings.HasSuffix(base, ".ipxe"):
		return entryWriter(strings.TrimSuffix(base, ".ipxe"))
	case strings.HasPrefix(dir, unlockDir+"/"):
		return unlockWriter(strings.TrimPrefix(dir, unlockDir+"/"), base)
	case (base == "config.txt" || base == "cmdline.txt") && isPi(v) && (dir == "" || piDir(v)):
		return piWriter(v, p)
	default:
		return nil
	}
}

// entryWriter writes the script of an entry that is one, for a menu to chain.
func entryWriter(id string) writer {
	return func(s *session) ([]byte, error) {
		it, err := s.find(id)
		if err != nil {
			return nil, err
		}
		if it.kind != boot.EntryScript || it.password != "" {
			return nil, fs.ErrNotExist
		}
		return s.alone(it)
	}
}

// unlockWriter writes what a locked entry starts, for those who know its password. To everybody else it does not exist.
func unlockWriter(id, password string) writer {
	return func(s *session) ([]byte, error) {
		it, err := s.find(id)
		if err != nil {
			return nil, err
		}
		pw, err := hex.DecodeString(password)
		if err != nil || it.password == "" || !s.tree.verify(string(pw), it.password) {
			return nil, fs.ErrNotExist
		}
		return s.alone(it)
	}
}

// find gives an item of the session's page by its id.
func (s *session) find(id string) (*item, error) {
	pg, err := s.page()
	if err != nil {
		return nil, err
	}
	if it := pg.find(id); it != nil && it.sub == nil {
		return it, nil
	}
	return nil, fs.ErrNotExist
}

func (p *page) find(id string) *item {
	for _, it := range p.items {
		if it.id == id {
			return it
		}
		if it.sub != nil {
			if found := it.sub.find(id); found != nil {
				return found
			}
		}
	}
	return nil
}

// alone writes an iPXE script that starts one item.
func (s *session) alone(it *item) ([]byte, error) {
	open := *it
	open.password = ""
	return s.script(&page{title: it.title, items: []*item{&open}, def: it.id}), nil
}

// locked asks for the password of an item and gets what it starts from the server, which alone knows the hash. The
// password travels in hexadecimal so that every character of it can stand in a URL.
func (w *ipxeWriter) locked(it *item, again string) {
	w.line("echo", ipxeText(titleOf(it))+": a password is needed; the user name is not looked at.")
	w.line("clear password ||")
	w.line("login || goto", again)
	w.line("isset ${password} || goto", again)
	w.line("set url", w.url(w.own(unlockDir+"/"+it.id))+"/${password:hexraw}")
	w.line("clear password ||")
	w.line("chain --replace --autofree ${url} ||")
	w.line("echo Bootlace: that is not the password.")
	w.line("sleep 3")
	w.line("goto", again)
}

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
	if !piDir(v) {
		return []string{path}
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
