// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// Lives keeps what machines install.
type Lives interface {
	// Life tells where the machine of a plan stands. A machine that installs nothing, and for which nothing was ordered, has the
	// zero Record and a Desired that does not install.
	Life(p boot.Plan) (Standing, error)
	// Order does what life.Command says, and returns when that is stored. It leaves the effects to be told by who calls it.
	Order(ctx context.Context, p boot.Plan, o life.Order) (life.Result, error)
}

// Standing is where a machine stands in its life.
type Standing struct {
	Desired life.Desired
	Record  life.Record
	Status  life.Status
}

// Life is a Standing for people and programs.
type Life struct {
	State    string   `json:"state"`
	Why      string   `json:"why,omitempty"`
	Serve    string   `json:"serve"` // what it would get now: install, local, profile or configured
	Target   Target   `json:"target"`
	Done     *Done    `json:"done,omitempty"`
	Attempt  *Attempt `json:"attempt,omitempty"`
	Attempts int      `json:"attempts"` // that each target may take
	Held     bool     `json:"held,omitempty"`
	Next     string   `json:"next,omitempty"`    // the profile of its next boot alone
	Returns  int      `json:"returns,omitempty"` // from its disk, in a row
}

// Target is what is to be installed.
type Target struct {
	Generation int `json:"generation"`
	Order      int `json:"order"` // how many orders to install there were
}

// Done is a target that was reached.
type Done struct {
	Target
	At  time.Time `json:"at"`
	How string    `json:"how"`
}

// Attempt is the last attempt.
type Attempt struct {
	Target
	Number int        `json:"number"`
	At     time.Time  `json:"at"`
	Ending string     `json:"ending"` // pending, failed, stalled or done
	Why    string     `json:"why,omitempty"`
	Seen   []Evidence `json:"seen,omitempty"`
}

// Evidence is how far an attempt came, and when.
type Evidence struct {
	What string    `json:"what"`
	At   time.Time `json:"at"`
}

// lifeOf is nil for a machine that has nothing to do with installing.
func lifeOf(s Standing) *Life {
	r := s.Record
	if !s.Desired.Installs && !r.Held && r.Next.Profile == "" {
		return nil
	}
	l := &Life{State: s.Status.State.String(), Why: excerpt(s.Status.Why), Serve: s.Status.Serve.String(), Target: Target(s.Status.Target),
		Attempts: s.Desired.Attempts, Held: r.Held, Next: r.Next.Profile, Returns: r.Returns}
	if l.Attempts <= 0 {
		l.Attempts = life.DefaultAttempts
	}
	if r.Done.How != "" {
		l.Done = &Done{Target(r.Done.Target), r.Done.At, r.Done.How}
	}
	if a := r.Attempt; a.Number > 0 {
		l.Attempt = &Attempt{Target: Target(a.Target), Number: a.Number, At: a.At, Ending: a.Ending.String(), Why: excerpt(a.Why)}
		for _, e := range a.Seen {
			l.Attempt.Seen = append(l.Attempt.Seen, Evidence{e.What.String(), e.At})
		}
	}
	return l
}
