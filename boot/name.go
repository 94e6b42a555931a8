// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxName is the longest name that is understood, in bytes: a TFTP request is at most 512 bytes with its options
// (RFC 2347), and the longest path Debian's installer asks for has fewer than 100.
const MaxName = 400

// MaxOffered is the longest name a DHCP header can carry: file is 128 bytes with its final NUL (RFC 2131 section 2).
const MaxOffered = 127

// Errors of ParseName. They never carry the name, which may be anything.
var (
	ErrNameEmpty   = errors.New("the name is empty")
	ErrNameLong    = errors.New("the name is too long")
	ErrNameBytes   = errors.New("the name holds control characters")
	ErrNameOutside = errors.New("the name points outside the tree")
)

// Kind says what a client wants by the name it asks for.
type Kind uint8

// The kinds of names.
const (
	KindFile     Kind = iota // a file by its path: loader, kernel, initrd, a profile's own file
	KindIPXE                 // boot.ipxe, autoexec.ipxe, <mac>.ipxe
	KindPXELinux             // pxelinux.cfg/…: PXELINUX's and U-Boot's search
	KindGRUB                 // grub.cfg and grub.cfg-…, at any prefix
	KindExtlinux             // extlinux/extlinux.conf, at any prefix
)

// Name is a path a client asks for, taken apart by the one grammar there is:
//
//	name      = [ "m/" mac-with-dashes "/" ] path
//	path      = [ dir "/" ] base
//	base      = "boot.ipxe" | "autoexec.ipxe" | mac ".ipxe"
//	          | "pxelinux.cfg/" search | "grub.cfg" [ "-" search ] | "extlinux.conf" | file
//	search    = "01-" mac | uuid | hex-ip-prefix | "default" [ "-" platform ]
//
// The part "m/<mac>/" is what our DHCP answers put before every name, so that all later requests of that boot, which are
// relative to it in every loader, say whose they are.
//
// Names are cleaned first as firmware needs it: '\' is '/', doubled and leading slashes and "." segments go, and what an
// unterminated option 67 left behind the name (0xFF and all that follows, spaces, control bytes) is cut off.
type Name struct {
	Kind    Kind
	Machine MAC    // from "m/<mac>/"; zero if absent
	Dir     string // directory before base, without slashes at its ends; "" at the top
	Base    string // last segment, as asked for (for KindPXELinux what follows pxelinux.cfg/)
	By      Search // for whom, if the base says it
}

// ParseName cleans s and takes it apart. The error is one of the ErrName values.
func ParseName(s string) (Name, error) {
	segs, err := clean(s)
	if err != nil {
		return Name{}, err
	}
	return nameOf(segs), nil
}

// CleanName cleans s as [ParseName] does, for trees whose names are nothing but paths. The error is one of the ErrName values.
func CleanName(s string) (string, error) {
	segs, err := clean(s)
	return strings.Join(segs, "/"), err
}

func nameOf(segs []string) (n Name) {
	if len(segs) >= 3 && segs[0] == "m" {
		if m, err := ParseMAC(segs[1]); err == nil && len(segs[1]) == 17 && !m.IsZero() {
			n.Machine, segs = m, segs[2:]
		}
	}
	n.Base, segs = segs[len(segs)-1], segs[:len(segs)-1]
	if len(segs) > 0 && segs[len(segs)-1] == pxelinuxDir {
		segs = segs[:len(segs)-1]
		n.Kind = KindPXELinux
	}
	n.Dir = strings.Join(segs, "/")
	n.classify()
	return n
}

const pxelinuxDir = "pxelinux.cfg"

func (n *Name) classify() {
	switch {
	case n.Kind == KindPXELinux:
		n.By = parseSearch(n.Base)
	case n.Base == "boot.ipxe" || n.Base == "autoexec.ipxe":
		n.Kind = KindIPXE
	case strings.HasSuffix(n.Base, ".ipxe"):
		if m, err := ParseMAC(strings.TrimSuffix(n.Base, ".ipxe")); err == nil {
			n.Kind, n.By = KindIPXE, Search{MAC: m}
		}
	case n.Base == "grub.cfg":
		n.Kind = KindGRUB
	case strings.HasPrefix(n.Base, "grub.cfg-"):
		n.Kind, n.By = KindGRUB, parseSearch(strings.TrimPrefix(n.Base, "grub.cfg-"))
	case n.Base == "extlinux.conf":
		n.Kind = KindExtlinux
	}
}

// clean splits a name into its segments.
func clean(s string) ([]string, error) {
	s, _, _ = strings.Cut(s, "\xff") // the end of DHCP's options (RFC 2132 section 3.2), and no part of any UTF-8 text
	s = cutJunk(s)
	if len(s) > MaxName {
		return nil, ErrNameLong
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return nil, ErrNameBytes
		}
	}
	var segs []string
	for seg := range strings.SplitSeq(strings.ReplaceAll(s, `\`, "/"), "/") {
		switch seg {
		case "", ".":
		case "..":
			return nil, ErrNameOutside
		default:
			segs = append(segs, seg)
		}
	}
	return cleanLast(segs)
}

// cleanLast cuts what an unterminated option left behind the last segment, until there is nothing to cut.
func cleanLast(segs []string) ([]string, error) {
	for len(segs) > 0 {
		last := len(segs) - 1
		switch seg := cutJunk(segs[last]); seg {
		case "", ".":
			segs = segs[:last]
		case "..":
			return nil, ErrNameOutside
		default:
			segs[last] = seg
			return segs, nil
		}
	}
	return nil, ErrNameEmpty
}

// cutJunk cuts spaces, control characters and bytes that are not UTF-8 off the end.
func cutJunk(s string) string {
	for s != "" {
		r, size := utf8.DecodeLastRuneInString(s)
		if r != ' ' && !unicode.IsControl(r) && (r != utf8.RuneError || size > 1) {
			break
		}
		s = s[:len(s)-size]
	}
	return s
}

// For gives the name with the machine prefix of mac; the zero MAC takes the prefix away.
func (n Name) For(mac MAC) Name {
	n.Machine = mac
	return n
}

// Path is the name without the machine prefix.
func (n Name) Path() string {
	p := n.Base
	if n.Kind == KindPXELinux {
		p = pxelinuxDir + "/" + p
	}
	if n.Dir != "" {
		p = n.Dir + "/" + p
	}
	return p
}

// String gives the clean form: parsing it yields the same Name.
func (n Name) String() string {
	if n.Machine.IsZero() {
		return n.Path()
	}
	return "m/" + n.Machine.Dash() + "/" + n.Path()
}
