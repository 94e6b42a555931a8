// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strconv"

	"github.com/bootlace-net/bootlace/boot"
)

// Times of machines that wait, in seconds. An iPXE asks DHCP again after some rounds, for it does not renew its lease by itself.
const (
	waitDelay  = 5
	waitRounds = 120
)

// CodeInstead stands for the code of a machine that waits where there is none yet, as in what bootlace render shows.
const CodeInstead = "CODE"

// waitWriter writes what a machine gets that waits for a decision: it shows its code and asks again. It has nothing of any profile,
// and so no secret.
func (t *Tree) waitWriter(v boot.Visit) writer {
	switch v.Name.Kind {
	case boot.KindIPXE:
		return waitIPXE
	case boot.KindPXELinux, boot.KindExtlinux:
		return waitPXELinux
	case boot.KindGRUB:
		return waitGRUB
	default:
		if t.isInventory(v.Name) {
			return writeInventory
		}
		return nil
	}
}

// waiting is what is shown on the screen of a machine that waits. It is all ours: a code, and an address.
func (s *session) waiting() []string {
	if s.visit.Code == "" {
		return []string{"Bootlace: this machine waits, and so do too many others: it has no code yet."}
	}
	return []string{
		"Bootlace: this machine waits. Its code is " + s.visit.Code,
		"bootlace machines adopt " + s.visit.Code + " --name NAME --profile PROFILE",
	}
}

// waitIPXE has an iPXE ask for its script again and again. Each is read anew, so nothing is left over of those before.
func waitIPXE(s *session) ([]byte, error) {
	w := &ipxeWriter{session: s}
	w.line("#!ipxe")
	w.line("# " + ipxeText(s.title()))
	w.network()
	w.tellings()
	w.line("isset ${rounds} || set rounds:int32 0")
	w.line("set url", w.url(w.rendered("boot.ipxe")))
	for _, text := range s.waiting() {
		w.line("echo", text)
	}
	w.line(":wait")
	w.line("prompt --key 0x02 --timeout", strconv.Itoa(waitDelay*1000), "Asking again; press Ctrl-B for the local disk && goto local ||")
	w.line("inc rounds")
	w.line("iseq ${rounds}", strconv.Itoa(waitRounds), "|| goto ask")
	w.line(":renew")
	w.line("set rounds:int32 0")
	w.line("dhcp netX ||")
	w.line(":ask")
	w.line("chain --replace --autofree ${url} || goto failed")
	w.line(":failed")
	w.line("echo Bootlace: this failed: ${url}")
	w.line("sleep", strconv.Itoa(waitDelay), "||")
	w.line("goto renew")
	w.line(":local")
	localBoot(w.line)
	return []byte(w.String()), nil
}

// waitPXELinux has PXELINUX read its configuration again. U-Boot cannot: it goes on with its disk, and asks in its next boot.
func waitPXELinux(s *session) ([]byte, error) {
	w := &pxelinuxWriter{session: s, program: s.syslinux()}
	w.line(comment(s.title()))
	for _, text := range s.waiting() {
		w.line("SAY", text)
	}
	if w.program == uboot {
		w.line("DEFAULT local")
		w.line("PROMPT 0")
		w.line("LABEL local")
		w.line("  LOCALBOOT 1")
		return []byte(w.String()), nil
	}
	w.line("DEFAULT again")
	w.line("PROMPT 1")
	w.line("TIMEOUT", strconv.Itoa(waitDelay*10))
	w.line("ONTIMEOUT again")
	w.line("LABEL again")
	w.line("  CONFIG", w.path(ref{name: s.visit.Name}))
	w.line("LABEL local")
	w.line("  LOCALBOOT 0")
	return []byte(w.String()), nil
}

// waitGRUB has GRUB read its configuration again and again.
func waitGRUB(s *session) ([]byte, error) {
	w := &grubWriter{session: s}
	w.line(comment(s.title()))
	for _, text := range s.waiting() {
		w.line("echo", grubWord(text))
	}
	w.line("set bootlace_from=" + w.path(ref{name: s.visit.Name.For(s.visit.Client.MAC)}))
	w.WriteString(grubWait)
	return []byte(w.String()), nil
}

// grubWait is the loop, which stands in the first configuration alone: one inside another for each round would fill GRUB's stack, as
// configfile would. What is read says whether it waits, and where it does not it leaves its entries to be shown.
const grubWait = `set bootlace_waits=1
if [ "$bootlace_asks" != 1 ]; then
  set bootlace_asks=1
  while [ "$bootlace_waits" = 1 ]; do
    sleep 5
    set bootlace_waits=0
    if source $bootlace_from; then true; else set bootlace_waits=1; fi
  done
fi
`
