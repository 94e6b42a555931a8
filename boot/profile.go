// SPDX-License-Identifier: Apache-2.0

package boot

// EntryKind is how an entry is started.
type EntryKind uint8

// The kinds of entries.
const (
	EntryKernel  EntryKind = iota // Linux kernel, initrds, command line
	EntryLocal                    // go on with the local disk
	EntryShell                    // the loader's own shell
	EntryChain                    // another boot program or script by URL or name
	EntryScript                   // a raw iPXE script
	EntryISO                      // an ISO image (iPXE sanboot, memdisk on BIOS)
	EntryWimboot                  // Windows PE by wimboot
	EntryMemdisk                  // a disk image by memdisk
	EntryModules                  // multiboot: a hypervisor and its modules (Xen)
	EntryMenu                     // a sub-menu
	EntryProfile                  // another profile, by name
)

// String names the kind by the YAML key that makes it.
func (k EntryKind) String() string {
	return [...]string{"kernel", "local", "shell", "chain", "ipxe", "iso", "wimboot", "memdisk", "multiboot", "menu", "profile"}[k]
}

// Entry is one thing that can be booted.
type Entry struct {
	Name  string
	Title string // for menus; empty: the name
	Kind  EntryKind
	Pos   Pos

	Image   Text   // what is started is that of an image, by its name; merged in when a Catalog is built
	Kernel  Text   // EntryKernel: file name or URL. EntryWimboot, EntryMemdisk, EntryModules: the program
	Initrd  []Text // EntryKernel: initrds. EntryWimboot, EntryModules: files and modules, "name=file" or "file args"
	Cmdline []Text // one word or more each
	Target  Text   // EntryChain: URL or name. EntryISO, EntryMemdisk: the image
	Script  Text   // EntryScript
	Profile string // EntryProfile
	Menu    *Menu  // EntryMenu

	LeastMemory *int64 // of a machine that boots it, in bytes; 0: it is not looked at; nil: not said

	Hotkey   string // one character
	Password string // hashed; empty: none
	Hidden   bool

	ByArch map[string]*Entry // what differs for one architecture, complete, by Arch.String; see [Entry.For]

	image *Image // what Image names

	// What a written entry says about the command line it inherits. Both are spent when a Catalog is built.
	CmdlineReplace bool     // drop all of it
	CmdlineRemove  []string // drop these keys
}

// For gives the entry as one architecture has it. It is never nil.
func (e *Entry) For(a Arch) *Entry {
	if v := e.ByArch[a.String()]; v != nil {
		return v
	}
	if v := e.ByArch[a.Plain().String()]; v != nil {
		return v
	}
	return e
}

// Boots reports whether the entry says what it starts.
func (e *Entry) Boots() bool { return e.Kind != EntryKernel || e.Kernel.S != "" }

// Menu is a choice between entries.
type Menu struct {
	Title   string
	Default string // name of the entry that is taken when time runs out
	Timeout int    // seconds; 0 waits for ever
	Picture Text   // behind the entries, where the loader shows pictures
	Entries []*Entry
	Pos     Pos
}

// FileSpec is a file a profile renders for each of its machines.
type FileSpec struct {
	Path     string // as clients ask for it, or a template that makes that
	Template Text   // the template's text; Pos is where it begins
	JSON     bool   // must be JSON when rendered
	Raw      bool   // served as written, not a template
	Pos      Pos    // where the configuration names it
}

// PathText is the path as a text of the configuration.
func (f *FileSpec) PathText() Text { return Text{S: f.Path, Pos: f.Pos} }

// Profile is something that can be booted, complete: all it inherits is merged in.
type Profile struct {
	Entry
	Inherits    []string        // as written; merged in already
	Loader      map[string]Text // program by architecture, firmware or CPU name; "default" for the rest
	Start       *Menu           // shown instead of booting at once; nil: boot the entry
	Files       map[string]*FileSpec
	Vars        Vars
	Destructive bool      // installs: never a default for unknown machines unless said so
	Install     *Install  // installs, and is to be done with that once; nil: it is not counted
	Strategy    *Strategy // nil: not said
	Loaders     Text      // the name of its machines' set of loaders, where Loader names no program; no text: not said
	HTTPS       *Trust    // nil: not said
	ChainLoader *bool     // whether an iPXE that is already there chains Loader too; nil: not said, and it does not

	loaders map[Arch]Name
	set     map[Arch][]Name // the loaders of the set
	foreign map[Arch]string // instruction sets of those that are named for an architecture and made for another one
	policy  *Install        // of the profile that this one comes to when nobody touches a key; see [Plan.Install]
	local   *Profile        // by which its machines go on with their own disks
}
