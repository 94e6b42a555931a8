// SPDX-License-Identifier: Apache-2.0

package api

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/waiting"
)

// Waiters are the machines that wait for a decision, who waits longest first.
type Waiters struct {
	Waiting []Waiter  `json:"waiting"`
	Rules   []RuleUse `json:"rules,omitempty"`
}

// RuleUse is how far a rule that adopts machines is used up.
type RuleUse struct {
	Name    string     `json:"name"`
	Adopted int        `json:"adopted"` // machines so far
	Limit   int        `json:"limit"`
	Until   *time.Time `json:"until,omitempty"`
	Over    bool       `json:"over"` // it adopts no more
}

// Waiter is a machine that waits.
type Waiter struct {
	Code    string    `json:"code"`
	Since   time.Time `json:"since"`
	Asked   time.Time `json:"asked"`          // when it last asked, which it does every few seconds
	From    string    `json:"from,omitempty"` // the address that it asked from
	Machine Machine   `json:"machine"`        // as GET /machines/NAME has it, without reasons
}

// waiting lists those that still do: a configuration may have decided meanwhile.
func (s *Server) waiting() Waiters {
	out := Waiters{Waiting: []Waiter{}}
	if s.Rules != nil {
		out.Rules = s.Rules()
	}
	if s.Waiting == nil {
		return out
	}
	for _, e := range s.Waiting.All() {
		f := s.waiter(&e)
		if f.plan.Action != boot.ActionWait {
			s.Waiting.Leave(e.Key)
			continue
		}
		w := Waiter{Code: e.Code, Since: e.Since.UTC(), Asked: e.Heard.UTC(), Machine: s.detailed(f)}
		if e.From.IsValid() {
			w.From = e.From.String()
		}
		w.Machine.Reasons = nil
		out.Waiting = append(out.Waiting, w)
	}
	return out
}

// waiter finds the machine of an entry. What was known of it may have given way to others.
func (s *Server) waiter(e *waiting.Entry) *found {
	cat := s.Catalog()
	k, ok := s.Memory.Look(e.Key)
	if !ok {
		k = machines.Known{Key: e.Key, Client: boot.Client{MAC: e.Key}}
	}
	if h := cat.Plan(k.Client).Host; h != nil {
		return s.ofHost(cat, h)
	}
	return (&found{cards: []machines.Known{k}}).planned(cat)
}

// codeOf is the code of a machine that waits; "" if it does not.
func (s *Server) codeOf(f *found) string {
	if s.Waiting == nil || f.plan.Action != boot.ActionWait {
		return ""
	}
	for _, key := range f.keys() {
		if code := s.Waiting.Code(key); code != "" {
			return code
		}
	}
	return ""
}
