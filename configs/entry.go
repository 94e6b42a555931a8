// SPDX-License-Identifier: Apache-2.0

package configs

import "github.com/bootlace-net/bootlace/boot"

// entry is what profiles, entries of menus and variants for an architecture have in common: what is started and how.
type entry struct {
	Title     string       `yaml:"title" doc:"What menus show; the name, unless given."`
	Image     boot.Text    `yaml:"image" doc:"Image of bootlace images, such as debian/12: its kernel, initrds and arguments, or its medium. kernel, initrd and cmdline beside it win."`
	Kernel    boot.Text    `yaml:"kernel" doc:"Linux kernel: a file of images/, or a URL."`
	Initrd    []boot.Text  `yaml:"initrd" doc:"Initial ramdisks, in order. Replaces inherited ones. newc:/NAME:FILE is a file that the kernel finds by that name at the top of its ramdisk."`
	Cmdline   cmdline      `yaml:"cmdline" doc:"Kernel parameters. A parameter takes the place of inherited ones with the same key. {replace: […]} drops what is inherited, {remove: [key], add: […]} drops some."`
	Local     bool         `yaml:"local" doc:"Go on with the local disk, in the way that suits the firmware."`
	Shell     bool         `yaml:"shell" doc:"The loader's own shell."`
	Chain     boot.Text    `yaml:"chain" doc:"Another boot program or script: a URL, or a file of images/. cmdline beside it are its arguments, which iPXE gives to programs for UEFI."`
	IPXE      boot.Text    `yaml:"ipxe" doc:"An iPXE script."`
	ISO       boot.Text    `yaml:"iso" doc:"An ISO image."`
	Wimboot   orderedFiles `yaml:"wimboot" doc:"Windows PE: files for wimboot by the names that it gives them (BCD, boot.sdi, boot.wim)."`
	Memdisk   boot.Text    `yaml:"memdisk" doc:"A floppy or disk image for memdisk."`
	Multiboot boot.Text    `yaml:"multiboot" doc:"A multiboot kernel or hypervisor, such as Xen. cmdline is its command line."`
	Modules   []boot.Text  `yaml:"modules" doc:"Modules of the multiboot kernel, each a file and its arguments."`
	Program   boot.Text    `yaml:"program" doc:"The wimboot or memdisk program, if it is not images/wimboot or images/memdisk."`
	Memory    *int         `yaml:"least_memory_mib" min:"0" max:"1048576" doc:"Memory that a machine needs to boot it, in MiB; 0: it is not looked at. That of the image, unless given."`
	Password  string       `yaml:"password" doc:"Password that a menu asks for, as the loader takes it; a hash where it can do that."`
	Arch      variants     `yaml:"arch" doc:"What differs for an architecture (uefi-arm64), an instruction set (arm64) or a kind of firmware (bios)."`
}

// variant is an entry for one architecture.
type variant struct {
	placed
	entry
}

// variants are entries by architecture.
type variants map[string]*variant

func (v *variants) decode(d *decoder, n *node, path string) {
	*v = make(variants)
	for _, p := range d.pairs(n, path) {
		x := &variant{}
		d.plain(p.value, x, join(path, p.key.Value))
		x.check(d, p.value, join(path, p.key.Value))
		if key, ok := d.archKey(p.key, path); ok {
			(*v)[key] = x
		}
	}
}

func (*variants) describe() string { return "a mapping by architecture" }

// orderedFiles are files by name, in the order in which they are written.
type orderedFiles []boot.Text

func (o *orderedFiles) decode(d *decoder, n *node, path string) {
	for _, p := range d.pairs(n, path) {
		var t boot.Text
		d.plain(p.value, &t, join(path, p.key.Value))
		*o = append(*o, boot.Text{S: p.key.Value + "=" + t.S, Pos: t.Pos})
	}
}

func (*orderedFiles) describe() string { return "a mapping of names to files" }

// kinds lists what the entry says it starts.
func (e *entry) kinds() []boot.EntryKind {
	var out []boot.EntryKind
	for _, k := range []struct {
		said bool
		kind boot.EntryKind
	}{
		{e.Kernel.S != "", boot.EntryKernel}, {e.Local, boot.EntryLocal}, {e.Shell, boot.EntryShell},
		{e.Chain.S != "", boot.EntryChain}, {e.IPXE.S != "", boot.EntryScript}, {e.ISO.S != "", boot.EntryISO},
		{e.Wimboot != nil, boot.EntryWimboot}, {e.Memdisk.S != "", boot.EntryMemdisk}, {e.Multiboot.S != "", boot.EntryModules},
	} {
		if k.said {
			out = append(out, k.kind)
		}
	}
	return out
}

// typed makes a boot.Entry. Its name and title are for the caller to complete.
func (e *entry) typed(d *decoder, path string) *boot.Entry {
	out := &boot.Entry{
		Title: e.Title, Image: e.Image, Kernel: e.Kernel, Initrd: e.Initrd, Cmdline: e.Cmdline.words, Script: e.IPXE, Password: e.Password,
		CmdlineReplace: e.Cmdline.replace, CmdlineRemove: e.Cmdline.remove,
	}
	kinds := e.kinds()
	if len(kinds) > 0 {
		out.Kind = kinds[0]
	}
	if e.Memory != nil {
		bytes := int64(*e.Memory) << 20
		out.LeastMemory = &bytes
	}
	e.fill(out)
	for key, v := range e.Arch {
		if out.ByArch == nil {
			out.ByArch = make(map[string]*boot.Entry)
		}
		out.ByArch[key] = v.typed(d, path)
		out.ByArch[key].Pos = v.pos
	}
	return out
}

// fill puts the parts of each kind where boot.Entry has them.
func (e *entry) fill(out *boot.Entry) {
	switch out.Kind {
	case boot.EntryChain:
		out.Target = e.Chain
	case boot.EntryISO:
		out.Target = e.ISO
	case boot.EntryMemdisk:
		out.Target, out.Kernel = e.Memdisk, e.program("memdisk")
	case boot.EntryWimboot:
		out.Initrd, out.Kernel = e.Wimboot, e.program("wimboot")
	case boot.EntryModules:
		out.Initrd, out.Kernel = e.Modules, e.Multiboot
	default: // the parts of the others have the same names
	}
}

func (e *entry) program(name string) boot.Text {
	if e.Program.S != "" {
		return e.Program
	}
	return boot.Text{S: name}
}

// check reports parts that exclude each other or that nothing would use.
func (e *entry) check(d *decoder, n *node, path string) {
	kinds := e.kinds()
	switch {
	case e.Image.S != "" && len(kinds) > 0 && kinds[len(kinds)-1] != boot.EntryKernel:
		d.fail(n, shown(path)+": starts both image and "+kinds[len(kinds)-1].String(), "expected only one of them")
	case len(kinds) > 1:
		d.fail(n, shown(path)+": starts both "+kinds[0].String()+" and "+kinds[1].String(), "expected only one of them")
	case len(kinds) == 0:
	case e.Modules != nil && kinds[0] != boot.EntryModules:
		d.fail(n, join(path, "modules"), "expected multiboot beside it")
	case e.Program.S != "" && kinds[0] != boot.EntryWimboot && kinds[0] != boot.EntryMemdisk:
		d.fail(n, join(path, "program"), "expected wimboot or memdisk beside it")
	}
}
