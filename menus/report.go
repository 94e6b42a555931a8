// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// report gathers failures; one that many hosts share is told once.
type report struct {
	known   map[boot.Pos]bool // places that were complained about before
	warning bool
	order   []failure
	who     map[failure][]string
}

type failure struct {
	pos     boot.Pos
	msg     string
	profile string
}

func (r *report) add(who string, p *boot.Profile, err error) {
	f := failure{msg: err.Error(), profile: p.Name}
	if te := (*templateError)(nil); errors.As(err, &te) {
		f.pos, f.msg = te.pos, te.msg
	}
	r.note(f, who)
}

func (r *report) note(f failure, who string) {
	if r.known[f.pos] {
		return
	}
	if r.who == nil {
		r.who = make(map[failure][]string)
	}
	names := r.who[f]
	if len(names) == 0 {
		r.order = append(r.order, f)
	}
	if len(names) == 0 || names[len(names)-1] != who {
		r.who[f] = append(names, who)
	}
}

func (r *report) merge(part *report) {
	for _, f := range part.order {
		for _, who := range part.who[f] {
			r.note(f, who)
		}
	}
}

func (r *report) problems() []boot.Problem {
	out := make([]boot.Problem, 0, len(r.order))
	for _, f := range r.order {
		who := r.who[f][0]
		if n := len(r.who[f]) - 1; n > 0 {
			who += fmt.Sprintf(" (and %d more)", n)
		}
		out = append(out, boot.Problem{Pos: f.pos, Warning: r.warning, What: who + ": profile " + f.profile + ": " + f.msg})
	}
	return out
}

func problem(who string, err error) boot.Problem {
	if te := (*templateError)(nil); errors.As(err, &te) {
		return boot.Problem{Pos: te.pos, What: who + ": " + strings.TrimSpace(te.msg)}
	}
	return boot.Problem{What: who + ": " + err.Error()}
}
