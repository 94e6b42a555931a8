// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"errors"
	"strconv"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// kindRules is how many machines each rule adopted, in an archive.
const kindRules = "rules"

var errNoArchive = errors.New("there is no database: the log says why")

// uses counts how often rules were used. A database that was lost does not let a rule begin anew: its hosts bear its name.
type uses struct {
	archive func() machines.Archive // nil: there is none
	counts  map[string]int          // nil: not read yet
	bear    map[string]int          // hosts that bear a rule's name
}

// hosts counts those of a configuration.
func (u *uses) hosts(c *boot.Catalog) {
	u.bear = make(map[string]int)
	for _, h := range c.Hosts() {
		if by := h.Labels[boot.AdoptedBy]; by != "" {
			u.bear[by]++
		}
	}
}

// of is how many machines a rule has adopted. Where that cannot be read, it is more than any limit.
func (u *uses) of(rule string) int {
	const tooMany = 1 << 30
	if err := u.read(); err != nil {
		return tooMany
	}
	return max(u.counts[rule], u.bear[rule])
}

func (u *uses) read() error {
	if u.counts != nil {
		return nil
	}
	a := u.archive()
	if a == nil {
		return errNoArchive
	}
	counts := make(map[string]int)
	err := a.All(kindRules, func(e machines.Entry) error {
		n, err := strconv.Atoi(string(e.Value))
		counts[e.Key] = n
		return err
	})
	if err == nil {
		u.counts = counts
	}
	return err
}

// add counts more uses of a rule, which is stored when it returns; less, when nothing came of them.
func (u *uses) add(rule string, more int) error {
	if err := u.read(); err != nil {
		return err
	}
	a, n := u.archive(), max(0, u.of(rule)+more)
	if a == nil {
		return errNoArchive
	}
	if err := a.Put(kindRules, []machines.Entry{{Key: rule, Value: []byte(strconv.Itoa(n))}}); err != nil {
		return err
	}
	u.counts[rule] = n
	return nil
}

// uses lists how far the rules are used up. Of a rule whose use cannot be read, all is.
func (r *ruler) uses() []api.RuleUse {
	r.mu.Lock()
	defer r.mu.Unlock()
	cat := r.site().Catalog
	r.used.hosts(cat)
	var all []api.RuleUse
	for _, rule := range cat.AdoptRules() {
		u := api.RuleUse{Name: rule.Name, Adopted: min(r.used.of(rule.Name), rule.Limit), Limit: rule.Limit}
		if until := rule.Until.UTC(); !until.IsZero() {
			u.Until = &until
		}
		u.Over = u.Adopted >= u.Limit || u.Until != nil && !r.now().Before(*u.Until)
		all = append(all, u)
	}
	return all
}
