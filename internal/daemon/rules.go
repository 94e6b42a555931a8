// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/waiting"
	"github.com/bootlace-net/bootlace/internal/site"
)

// Times and bounds of rules.
const (
	rulesEvery   = 2 * time.Second
	rulesPatient = 4 * time.Second // a machine says first what it runs on, by which a rule may know it
	mostAtOnce   = 64              // machines in one change of the configuration
	toldOfRule   = time.Hour
)

// ruler has rules adopt machines.
type ruler struct {
	*adopter
	used  *uses
	now   func() time.Time
	asked map[boot.MAC]*site.Site // machines that could not be adopted, and the configuration for which that is so
}

func newRuler(d *daemon) *ruler {
	used := &uses{archive: func() machines.Archive {
		if db := d.state.opened(); db != nil {
			return db
		}
		return nil
	}}
	return &ruler{d.adopter, used, time.Now, make(map[boot.MAC]*site.Site)}
}

func (r *ruler) String() string { return "rules" }

// Run looks who waits, again and again, until ctx ends.
func (r *ruler) Run(ctx context.Context) error {
	tick := time.NewTicker(rulesEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			r.round()
		}
	}
}

// round adopts those who wait and are a rule's. It ends at once where there are no rules.
func (r *ruler) round() {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.site()
	if len(s.Catalog.AdoptRules()) == 0 {
		return
	}
	batches := make(map[*boot.AdoptRule][]site.Newcomer)
	taken, n := make(map[string]bool), 0
	r.used.hosts(s.Catalog)
	for _, e := range r.waits.All() {
		if now := r.now(); n >= mostAtOnce || now.Sub(e.Since) < rulesPatient || r.asked[e.Key] == s {
			continue
		}
		rule, host, ok := r.choose(s, e, batches, taken)
		if !ok {
			continue
		}
		n++
		taken[host.Name] = true
		batches[rule] = append(batches[rule], host)
	}
	for rule, all := range batches {
		r.follow(s, rule, all)
	}
}

// choose finds the rule of a machine, and the host that it is to become. What was chosen in this round counts.
func (r *ruler) choose(s *site.Site, e waiting.Entry, chosen map[*boot.AdoptRule][]site.Newcomer, taken map[string]bool) (*boot.AdoptRule, site.Newcomer, bool) {
	c := r.facts(e).Client
	p := s.Plan(c)
	if p.Action != boot.ActionWait || p.Host != nil {
		return nil, site.Newcomer{}, false
	}
	for _, rule := range s.Catalog.AdoptRulesFor(p) {
		used := r.used.of(rule.Name) + len(chosen[rule])
		if used >= rule.Limit || !rule.Until.IsZero() && !r.now().Before(rule.Until) {
			continue
		}
		name := freeName(s, rule, used+1, &c, taken)
		if name == "" {
			continue
		}
		n, err := r.newcomer(e, api.Adoption{Name: name, Profile: rule.Profile, Labels: labelsOf(rule), Vars: rule.Vars, AllowDestructive: rule.AllowDestructive}, by(rule))
		return rule, n, err == nil
	}
	return nil, site.Newcomer{}, false
}

func by(r *boot.AdoptRule) string { return "adopt rule " + r.Name }

func labelsOf(r *boot.AdoptRule) map[string]string {
	labels := map[string]string{boot.AdoptedBy: r.Name}
	for key, value := range r.Labels {
		labels[key] = value
	}
	return labels
}

// freeName gives the first name from the n-th on that no host has; "" if there is none.
func freeName(s *site.Site, r *boot.AdoptRule, n int, c *boot.Client, taken map[string]bool) string {
	last := ""
	for ; ; n++ {
		name := r.HostName(n, c)
		switch {
		case name == "" || name == last: // it has no number in it
			return ""
		case s.Catalog.Host(name) == nil && !taken[name]:
			return name
		}
		last = name
	}
}

// follow adopts machines by a rule. They are counted before: a crash in between may cost a rule some of its limit, and never gives it more.
func (r *ruler) follow(s *site.Site, rule *boot.AdoptRule, all []site.Newcomer) {
	if err := r.used.add(rule.Name, len(all)); err != nil {
		r.fail(s, rule, all, fmt.Errorf("what it adopts cannot be counted: %w", err))
		return
	}
	err := r.write(all, by(rule))
	if err == nil {
		return
	}
	if err := r.used.add(rule.Name, -len(all)); err != nil {
		r.fail(s, rule, all, err)
		return
	}
	if refusal := (*site.RefusedError)(nil); errors.As(err, &refusal) && len(all) > 1 { // one of them is the reason
		for i := range all {
			r.follow(r.site(), rule, all[i:i+1])
		}
		return
	}
	r.fail(s, rule, all, err)
}

// fail tells why machines go on waiting. They are not tried again before the configuration is another one, where that is the reason.
func (r *ruler) fail(s *site.Site, rule *boot.AdoptRule, all []site.Newcomer, err error) {
	var refusal *site.RefusedError
	for i := range all {
		if errors.As(err, &refusal) {
			r.asked[all[i].Client.Key()] = s
		}
		e := boot.Event{Kind: boot.EventNotice, Level: boot.LevelWarn, Once: toldOfRule, Text: by(rule) + " does not adopt this machine: " + err.Error()}
		e.About(s.Plan(all[i].Client))
		r.events(e)
	}
	if len(r.asked) > 2*waiting.Most {
		clear(r.asked)
	}
}
