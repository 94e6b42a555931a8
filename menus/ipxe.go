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
	if only := pg.only(); only != nil && only.kind == boot.EntryScript && only.password == "" {
		w.raw(only.script) // its author's, from here to the end
		return []byte(w.String())
	}
	w.line("isset ${tries} || set tries:int32 0")
	w.line(":start")
	w.network()
	w.page(pg, "start")
	w.ending()
	return []byte(w.String())
}

// only gives the item of a page that is no menu.
func (p *page) only() *item {
	if p.menu || len(p.items) != 1 {
		return nil
	}
	return p.items[0]
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

// page writes a page and everything that hangs on it; again is the label of this page.
func (w *ipxeWriter) page(pg *page, again string) {
	if only := pg.only(); only != nil {
		w.item(only, again)
		return
	}
	if !pg.picture.zero() { // builds without a graphical console do not know the command
		w.line("console --x 1024 --y 768 --picture", w.ref(pg.picture), "||")
	}
	w.line("menu", ipxeText(pg.title))
	for _, hidden := range []bool{false, true} { // hidden ones are empty lines, which show least at the end
		for _, it := range pg.items {
			if it.hidden == hidden && (!hidden || it.hotkey != "") {
				w.menuItem(it)
			}
		}
	}
	choose := []string{"choose"}
	if pg.def != "" {
		choose = append(choose, "--default", pg.def)
	}
	if pg.timeout > 0 {
		choose = append(choose, "--timeout", strconv.Itoa(pg.timeout*1000))
	}
	if pg.picture.zero() {
		w.line(append(choose, "selected && goto ${selected} || goto", w.escape(again))...)
	} else {
		w.line(append(choose, "selected || set selected", w.escape(again))...)
		w.line("console ||") // back to text, which is all that what comes next may know
		w.line("goto ${selected}")
	}
	for _, it := range pg.items {
		w.line(":" + it.id)
		if it.sub != nil {
			w.page(it.sub, it.id)
			continue
		}
		w.item(it, again)
	}
}

// escape is where the Escape key leads: from a sub-menu to the first one, from there to the disk.
func (w *ipxeWriter) escape(again string) string {
	if again == "start" {
		return "local"
	}
	return "start"
}

func (w *ipxeWriter) menuItem(it *item) {
	words := []string{"item"}
	if it.hotkey != "" {
		words = append(words, "--key", ipxeKey(it.hotkey))
	}
	title := ipxeText(it.title)
	switch {
	case it.hidden:
		title = "" // an empty text still reacts to its key
	case it.sub != nil:
		title += " ..."
	}
	w.line(append(words, it.id, title)...)
}

// item writes what starts an item. Every way out of it is a jump.
func (w *ipxeWriter) item(it *item, again string) {
	if it.password != "" {
		w.locked(it, again)
		return
	}
	w.start(it, again)
}

func (w *ipxeWriter) start(it *item, again string) {
	switch it.kind {
	case boot.EntryLocal:
		w.line("goto local")
	case boot.EntryShell:
		w.line("shell")
		w.line("goto", again)
	case boot.EntryChain:
		w.chain(it)
	case boot.EntryScript:
		w.fetch("chain --replace --autofree ${url}", w.url(w.own(entryDir+"/"+it.id+".ipxe")))
	case boot.EntryISO:
		w.fetch("sanboot --no-describe ${url}", w.ref(it.target))
		w.line("goto local")
	default:
		w.program(it)
	}
}

// own gives the name of something that Open renders for this machine.
func (w *ipxeWriter) own(path string) boot.Name {
	n, _ := boot.ParseName(path) // a constant and the number of an entry: always a name
	return n.For(w.visit.Client.MAC)
}

// fetch says what is loaded before it is, so that :failed can tell.
func (w *ipxeWriter) fetch(command, url string) {
	w.line("set url", url)
	w.line(command, "|| goto failed")
}

// chain starts another program, which gets nothing of what is known but where it came from: PXELINUX takes that as the
// place of its configuration and its modules (RFC 5071, option 210).
func (w *ipxeWriter) chain(it *item) {
	url := w.ref(it.target)
	if dir, base := cutBase(url); strings.HasPrefix(base, "pxelinux") || strings.HasPrefix(base, "lpxelinux") {
		w.line("set 210:string", w.tftp(dir, it.target))
	}
	w.fetch("chain --autofree ${url}", url)
	w.line("goto local")
}

// tftp is the directory of a program that speaks only TFTP.
func (w *ipxeWriter) tftp(dir string, r ref) string {
	if r.ext != "" {
		return dir
	}
	d, _ := cutBase(w.visit.Server.TFTP().URL(escapePath(r.name.String())))
	return d
}

func cutBase(url string) (dir, base string) {
	i := strings.LastIndexByte(url, '/')
	return url[:i+1], url[i+1:]
}

// program loads a program with what goes along with it, and starts it. What an attempt before left behind is freed.
func (w *ipxeWriter) program(it *item) {
	w.line("imgfree")
	kernel := append([]string{"kernel", "${url}"}, w.kernelArgs(it)...)
	w.fetch(strings.Join(kernel, " "), w.ref(w.kernelOf(it)))
	for i, m := range w.modulesOf(it) {
		w.fetch(w.moduleCommand(it, m, i), w.ref(m.file))
	}
	w.line("boot || goto failed")
}

// kernelArgs are the words behind the kernel. The EFI stub of Linux finds its initrds by name only; to BIOS kernels the
// words mean nothing.
func (w *ipxeWriter) kernelArgs(it *item) []string {
	var args []string
	if it.kind == boot.EntryKernel {
		for i := range it.modules {
			args = append(args, "initrd="+initrdName(i))
		}
	}
	return append(args, it.args...)
}

func initrdName(i int) string { return "initrd" + strconv.Itoa(i) }

func (w *ipxeWriter) moduleCommand(it *item, m module, i int) string {
	switch {
	case it.kind == boot.EntryKernel:
		return "initrd --name " + initrdName(i) + " ${url}"
	case it.kind == boot.EntryModules:
		return strings.Join(append([]string{"module", "${url}"}, m.args...), " ")
	case m.name != "":
		return "initrd --name " + m.name + " ${url} " + m.name
	default:
		return "initrd ${url}"
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

// ipxeText makes a text safe as the rest of a line. Operators are made plain, and what iPXE would expand is taken apart.
func ipxeText(s string) string {
	words := strings.Fields(flat(s))
	for i, w := range words {
		switch {
		case w == "&&" || w == "||":
			words[i] = w[:1]
		case w == ";":
			words[i] = ","
		case w[0] == '#':
			words[i] = "No." + strings.TrimLeft(w, "#")
		case w[0] == '-' && i == 0:
			words[i] = "_" + w // an option otherwise
		}
	}
	return strings.ReplaceAll(strings.Join(words, " "), "${", "$ {")
}

// flat turns control characters into spaces.
func flat(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// ipxeKey writes a key so that none is special: #, ; and others by their number.
func ipxeKey(k string) string {
	return "0x" + strconv.FormatUint(uint64(k[0]), 16)
}
