// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"slices"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/site"
)

// found notes what was wrong with the configuration that was read last, whether it is in use or not.
func (d *daemon) found(problems []boot.Problem) {
	problems = slices.Clone(problems)
	slices.SortStableFunc(problems, boot.CompareProblems)
	d.problems.Store(&problems)
}

func (d *daemon) findings() site.Findings { return site.FindingsOf(*d.problems.Load()) }

// minutes are those of the last day, as the API has them.
func (d *daemon) minutes() []api.Minute {
	all := d.recorder.Throughput()
	out := make([]api.Minute, len(all))
	for i, m := range all {
		out[i] = api.Minute(m)
		out[i].At = m.At.UTC()
	}
	return out
}
