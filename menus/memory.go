// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// askedDir is where an iPXE is sent for its script once it has said what it runs on: asked/boot.ipxe. Whoever asks there is asked no more.
const askedDir = "asked"

// needsMuch stands before how much memory an item of a menu needs.
const needsMuch = " (needs "

// memoryRefused is how long it stays on the screen that a machine is not installed, in seconds.
const memoryRefused = 10

// needs reports whether somebody is to look at the memory for an item.
func (s *session) needs(it *item) bool {
	return it.memory.Under(s.tree.opts.Memory, it.installs).Looked
}

// unfit reports whether an item is not started for want of memory: an installation that would fail half way.
func (s *session) unfit(it *item) bool {
	return it.memory.Under(s.tree.opts.Memory, it.installs).Refused
}

// memoryTold says on the screen what an item needs, unless the machine has that; "": nothing.
func (s *session) memoryTold(it *item) string {
	if !s.needs(it) || it.memory.Answer() == boot.MemoryEnough {
		return ""
	}
	title, _, _ := strings.Cut(it.title, needsMuch) // which menus have said already
	return "Bootlace: " + boot.Printable(title) + ": " + it.memory.Words() + "."
}

// memoryNext says what becomes of it.
func (s *session) memoryNext(it *item) string {
	switch {
	case s.unfit(it):
		return "Bootlace: it is NOT installed, for that cannot succeed; going on with the local disk."
	case it.memory.Short():
		return "Bootlace: it will most likely fail for want of memory."
	}
	return ""
}

// pause is how long a warning stays, in seconds.
func (s *session) pause() int { return int(s.tree.opts.MemoryPause.Seconds()) }

// memory warns of an item, and reports whether it is to be started; if not, where to go is written already.
func (w *ipxeWriter) memory(it *item, again string) bool {
	text := w.memoryTold(it)
	if text == "" {
		return true
	}
	w.line("echo", ipxeText(text))
	next := w.memoryNext(it)
	switch {
	case w.unfit(it):
		w.line("echo", ipxeText(next))
		w.line("prompt --timeout", strconv.Itoa(memoryRefused*1000), "Press a key to go on now ||")
		if again == "start" {
			again = "local"
		}
		w.line("goto", again)
		return false
	case next != "":
		w.line("echo", ipxeText(next))
		if w.pause() > 0 {
			w.line("prompt --timeout", strconv.Itoa(w.pause()*1000), "Trying it all the same in", strconv.Itoa(w.pause()), "seconds, or at a key ||")
		}
	}
	return true
}

// memory warns of an item, and reports whether it is to be started.
func (w *grubWriter) memory(it *item) bool {
	text := w.memoryTold(it)
	if text == "" {
		return true
	}
	w.line("echo", grubWord(text))
	next := w.memoryNext(it)
	switch {
	case w.unfit(it):
		w.line("echo", grubWord(next))
		w.line("sleep --interruptible", strconv.Itoa(memoryRefused))
		w.line("local_boot")
		return false
	case next != "":
		w.line("echo", grubWord(next))
		w.line("sleep --interruptible", strconv.Itoa(w.pause()))
	}
	return true
}

// memory has PXELINUX print, when it reads its configuration, what the one item needs that it starts. It cannot wait for that, but where
// it does not install it shows its prompt before it goes on with the disk.
func (w *pxelinuxWriter) memory(it *item) {
	for _, text := range []string{w.memoryTold(it), w.memoryNext(it)} {
		if text != "" && w.memoryTold(it) != "" {
			w.line("SAY", pxelinuxText(text))
		}
	}
}

// asksFirst reports whether a machine is to say how much memory it has before it gets its script: one of which that is not known, or which
// had too little when it last said so.
func (s *session) asksFirst() bool {
	v := s.visit
	if v.Asked || v.Name.Dir == askedDir || v.Name.Kind != boot.KindIPXE || s.tree.opts.Memory == boot.MemoryIgnore ||
		!s.tree.opts.Inventory || v.Server.Scheme == boot.TFTP || s.plan.Profile == nil || s.plan.ToDisk {
		return false
	}
	return slices.ContainsFunc(s.tree.reach(s.plan.Profile).entries, func(e owned[*boot.Entry]) bool {
		m := boot.Memory{Need: e.it.For(v.Client.Arch()).Need(), Has: v.Memory}
		return m.Answer() == boot.MemoryUnknown || m.Short()
	})
}

// ask has an iPXE say what it runs on, and come again. It has nothing of the profile, and begins nothing.
func (s *session) ask() []byte {
	w := &ipxeWriter{session: s}
	w.line("#!ipxe")
	w.line("# " + ipxeText(s.title()))
	w.line("isset ${tries} || set tries:int32 0")
	w.line(":start")
	w.network()
	w.tellings()
	w.fetch("chain --replace --autofree ${url}", w.url(w.rendered(askedDir+"/boot.ipxe")))
	w.ending()
	return []byte(w.String())
}

// titled says in a menu that a machine has too little for an item.
func (s *session) titled(it *item) {
	if s.needs(it) && it.memory.Short() {
		it.title += needsMuch + boot.MiB(it.memory.Need) + " of memory)"
	}
}
