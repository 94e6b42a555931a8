// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Times of the iPXE scripts, in milliseconds and attempts. A machine that cannot load what it should says so, waits,
// tries again, and after some attempts starts from its disk: it never turns in a tight loop and never stands still.
const (
	retryDelay    = 10_000
	retryAttempts = 5
)

// writeIPXE puts a page down as an iPXE script.
func writeIPXE(s *session) ([]byte, error) {
	if pg := s.chained(); pg != nil {
		return s.script(pg), nil
	}
	if s.asksFirst() {
		return s.ask(), nil
	}
	pg, err := s.page()
	if err != nil {
		return nil, err
	}
	return s.script(pg), nil
}

func (s *session) script(pg *page) []byte {
	w := &ipxeWriter{session: s}
	w.line("#!ipxe")
	w.line("# " + ipxeText(s.title()))
	if only := pg.only(); only != nil && only.kind == boot.EntryScript && only.password == "" && s.memoryTold(only) == "" {
		if w.visit.Name.Base != "autoexec.ipxe" { // which may come before the network is up
			w.tellings()
		}
		w.raw(only.script) // its author's, from here to the end
		return []byte(w.String())
	}
	w.line("isset ${tries} || set tries:int32 0")
	w.line(":start")
	w.network()
	w.tellings()
	w.page(pg, "start")
	w.ending()
	return []byte(w.String())
}

type ipxeWriter struct {
	*session
	strings.Builder
}

// line writes one line. A backslash at its end would join it with the next (iPXE's image/script.c), a space prevents it.
func (w *ipxeWriter) line(parts ...string) {
	s := strings.Join(parts, " ")
	w.WriteString(s)
	if strings.HasSuffix(s, `\`) {
		w.WriteByte(' ')
	}
	w.WriteByte('\n')
}

// network brings the network up where iPXE runs a script before it has done so itself: autoexec.ipxe (iPXE 2.0 and
// later), or a script in its own image. An interface that is open and configured stays as it is.
func (w *ipxeWriter) network() {
	if w.visit.Name.Base == "autoexec.ipxe" {
		w.line("set url the network, by DHCP")
		w.line("ifopen ||")
		w.line("isset ${ip} || dhcp || goto failed")
	}
}

// ending writes what every script shares: what happens when something cannot be loaded, and the way to the disk.
func (w *ipxeWriter) ending() {
	w.line(":failed")
	w.line("echo Bootlace: this failed: ${url}")
	w.line("inc tries")
	w.line("iseq ${tries}", strconv.Itoa(retryAttempts), "&& goto giveup ||")
	w.line("prompt --key 0x02 --timeout", strconv.Itoa(retryDelay),
		"Attempt ${tries} of", strconv.Itoa(retryAttempts)+"; trying again in", strconv.Itoa(retryDelay/1000),
		"seconds, press Ctrl-B for the iPXE shell && shell ||")
	w.line("goto start")
	w.line(":giveup")
	w.line("set tries:int32 0")
	w.line("prompt --key 0x02 --timeout", strconv.Itoa(retryDelay),
		"Giving up; starting from the local disk, press Ctrl-B for the iPXE shell && shell ||")
	w.line(":local")
	localBoot(w.line)
}

// localBoot goes on with the disk the way the firmware understands. UEFI takes any success of a boot option for the end
// of its search and shows its setup; a failure makes it try the next option. A PC BIOS does the same either way, but many
// have nothing behind the network in their order, so the first disk is started directly.
func localBoot(line func(...string)) {
	line("iseq ${platform} efi && exit 1 ||")
	line("sanboot --no-describe --drive 0x80 ||")
	line("exit")
}

// raw writes a script as its author wrote it.
func (w *ipxeWriter) raw(script string) {
	body := strings.TrimPrefix(script, "#!ipxe")
	w.WriteString(strings.TrimLeft(body, "\r\n"))
	if !strings.HasSuffix(body, "\n") {
		w.WriteByte('\n')
	}
}
