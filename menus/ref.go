// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// ref is a file of this server or somebody else's URL.
type ref struct {
	name boot.Name
	ext  string // the URL; "" if name counts
}

func (r ref) zero() bool { return r.ext == "" && r.name.Base == "" }

// ref is the address of a file, as iPXE asks for it.
func (s *session) ref(r ref) string {
	if r.ext != "" {
		return r.ext
	}
	return s.url(r.name)
}

// url gives the address of a name on this server. The path is escaped, which iPXE undoes for TFTP, too.
func (s *session) url(n boot.Name) string {
	return s.visit.Server.For(&s.plan, boot.TrustLoader).URL(escapePath(n.String()))
}

func escapePath(p string) string {
	segs := strings.Split(p, "/")
	for i, s := range segs {
		segs[i] = url.PathEscape(s)
	}
	return strings.Join(segs, "/")
}

// ref renders the name of a file, or a URL.
func (sc *scope) ref(what string, t boot.Text) (ref, error) {
	s, err := sc.field(what, t, slotPath)
	if err != nil || s == "" {
		return ref{}, err
	}
	r, err := sc.parseRef(s)
	if err != nil {
		err = &templateError{t.Pos, what + ": " + err.Error()}
	}
	return r, err
}

func (sc *scope) parseRef(s string) (ref, error) {
	if strings.Contains(s, "://") {
		return ref{ext: s}, checkURL(s)
	}
	n, err := sc.name(sc.path(s))
	if err != nil {
		return ref{}, fmt.Errorf("%w: expected the name of an image, or a URL", err)
	}
	sc.asked = append(sc.asked, n.Path())
	return ref{name: n}, nil
}

// checkURL looks at what writers rely on: that a URL is one word of harmless characters. ${…} in it, which only literal
// text can bring, is for iPXE to expand.
func checkURL(s string) error {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || strings.IndexByte("\"'\\^`|<>", s[i]) >= 0 {
			return fmt.Errorf("the URL holds the character %q: expected it as %%%02X", s[i], s[i])
		}
	}
	return nil
}
