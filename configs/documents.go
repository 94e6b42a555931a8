// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

func (r *reader) hostsFile(name string) {
	r.documents(name, func(d *decoder, n *node, _ int) { r.hosts(d, n) })
}

// profileFile names the first profile of a file after it.
func (r *reader) profileFile(name string) {
	base := strings.TrimSuffix(strings.TrimSuffix(path.Base(name), ".yaml"), ".yml")
	if !validName(base) {
		base = ""
	}
	before := len(r.spec.Profiles)
	ok := r.documents(name, func(d *decoder, n *node, i int) {
		fallback := base
		if i > 0 {
			fallback = ""
		}
		r.profile(d, n, fallback)
	})
	if !ok && len(r.spec.Profiles) == before {
		// What is in it cannot be known, but references to it are not mistakes of their own.
		draft := &boot.Draft{}
		draft.Name, draft.Kind = base, boot.EntryLocal
		r.spec.Profiles = append(r.spec.Profiles, draft)
	}
}

// readSettings decodes bootlace.yaml, which need not exist.
func (r *reader) readSettings() {
	if _, err := fs.Stat(r.fsys, mainFile); errors.Is(err, fs.ErrNotExist) {
		return
	}
	r.documents(mainFile, func(d *decoder, n *node, i int) {
		if i > 0 {
			d.fail(n, "a second document", "expected only one in "+mainFile)
			return
		}
		f := mainDocument{Settings: DefaultSettings()}
		d.places = make(map[string]boot.Pos)
		d.plain(n, &f, "")
		f.check(d, n)
		r.spec.Settings, r.spec.SettingsPos, r.spec.Unknown = &f.Settings, d.pos(n), boot.Unknown(f.Unknown)
	})
}

// documents parses a file and hands on each of its documents that is not empty; false if it is not YAML.
func (r *reader) documents(name string, use func(d *decoder, n *node, i int)) bool {
	b, ok := r.read(name)
	if !ok {
		return false
	}
	_, selectors := matchKeys()
	d := &decoder{file: r.shown(name), lines: lines(b), selectors: selectors}
	defer func() { r.problem(d.problems...) }()
	i := 0
	err := eachDocument(b, func(doc *node) {
		if len(doc.Content) == 1 && !isNull(doc.Content[0]) {
			use(d, doc.Content[0], i)
			i++
		}
	})
	if err != nil {
		d.problems = append(d.problems, syntaxProblem(d.file, err))
	}
	return err == nil
}

// syntaxProblem takes the line out of an error of the YAML parser, which gives it only in words.
func syntaxProblem(file string, err error) boot.Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	pos := boot.Pos{File: file, Line: 1, Column: 1}
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(text); m != nil {
		pos.Line, _ = strconv.Atoi(m[1])
		text = strings.TrimPrefix(text, m[0])
	}
	return boot.Problem{Pos: pos, What: "not YAML", Expected: text}
}

// mainDocument is bootlace.yaml.
type mainDocument struct {
	Settings
	Unknown unknown `yaml:"unknown" doc:"What machines get that no rule is for: ignore, menu, wait, or {profile: NAME}. wait: they show a code and ask again until bootlace machines adopt, or a rule, decides. ignore, for a machine must never be surprised."`
}

// unknown is a word, or a profile.
type unknown boot.Unknown

type unknownProfile struct {
	Profile          nameText `yaml:"profile" doc:"What unknown machines boot."`
	AllowDestructive bool     `yaml:"allow_destructive" doc:"Let it be a profile that installs."`
}

func (u *unknown) decode(d *decoder, n *node, path string) {
	u.Pos = d.pos(n)
	if n.Kind == scalarNode {
		switch n.Value {
		case "ignore":
			u.Action = boot.ActionIgnore
		case "menu":
			u.Action = boot.ActionMenu
		case "wait":
			u.Action = boot.ActionWait
		default:
			d.fail(n, fmt.Sprintf("%s: %q", path, clip(n.Value)), "expected "+u.describe())
		}
		return
	}
	var p unknownProfile
	d.plain(n, &p, path)
	if p.Profile.S == "" {
		d.fail(n, path, "expected "+u.describe())
		return
	}
	u.Action, u.Profile, u.AllowDestructive, u.Pos = boot.ActionBoot, p.Profile.S, p.AllowDestructive, p.Profile.Pos
}

func (*unknown) describe() string { return "ignore, menu, wait or {profile: NAME}" }
