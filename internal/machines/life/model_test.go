// SPDX-License-Identifier: Apache-2.0

package life

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// schedules is how many random schedules are played: BOOTLACE_SCHEDULES, or enough for every day.
func schedules(t *testing.T) int {
	if s := os.Getenv("BOOTLACE_SCHEDULES"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if testing.Short() {
		return 10_000
	}
	return 100_000
}

// draw makes the schedule of a seed.
func draw(seed uint64, bug string) (plan, []op) {
	r := rand.New(rand.NewPCG(seed, 11))
	p := plan{attempts: 1 + r.IntN(3), ears: uint8(r.IntN(3)), calm: r.IntN(4) == 0, encoded: r.IntN(32) == 0, bug: bug}
	p.success = []Success{{}, {}, {By: ProofSystem}, {By: ProofTimeout}, {By: ProofFetch, Path: "ready"}}[r.IntN(5)]
	if p.calm {
		p.ears = 0
	}
	ops := make([]op, 5+r.IntN(40))
	for i := range ops {
		ops[i] = drawOp(r, p.calm)
	}
	return p, ops
}

// usual and calmUsual are how often actions come.
var (
	usual     = weighted(map[action]int{actBoot: 20, actWay: 3, actLoader: 2, actAsk: 40, actDeliver: 12, actRepeat: 4, actDone: 4, actFailed: 2, actLog: 1, actSystem: 3, actTick: 3, actWait: 8, actCrash: 3, actPower: 2, actStore: 3, actOrder: 5, actGeneration: 3})
	calmUsual = weighted(map[action]int{actBoot: 12, actWay: 2, actLoader: 1, actAsk: 30, actDone: 2, actLog: 1, actSystem: 3, actTick: 2, actWait: 8, actOrder: 2, actGeneration: 1})
)

func weighted(m map[action]int) (list []action) {
	for a := range actionCount {
		list = append(list, slices.Repeat([]action{a}, m[a])...)
	}
	return list
}

func drawOp(r *rand.Rand, calm bool) op {
	list := usual
	if calm {
		list = calmUsual
	}
	o := op{do: list[r.IntN(len(list))], a: uint8(r.IntN(256)), b: uint8(r.IntN(256))}
	if r.IntN(6) == 0 {
		o.clock = int16(r.IntN(2000) - 1000)
	}
	if calm {
		return o
	}
	o.app, o.nested = uint8(r.IntN(2)), r.IntN(12) == 0
	if r.IntN(10) == 0 {
		o.cut = uint8(1 + r.IntN(3))
	}
	return o
}

// play gives the invariant that a schedule breaks, or "". With clocks that were never set the same must happen.
func play(p plan, ops []op, m moves) string {
	w := newWorld(p, ops, m)
	if failed := w.run(); failed != "" || !slices.ContainsFunc(ops, func(o op) bool { return o.clock != 0 }) {
		return failed
	}
	still := slices.Clone(ops)
	for i := range still {
		still[i].clock = 0
	}
	if other := newWorld(p, still, moves{}); other.run() != "" || other.trace != w.trace {
		return "I8: a clock that was set changes what is answered"
	}
	return ""
}

// shrink takes ops away, and what is special about them, as long as the schedule breaks an invariant.
func shrink(p plan, ops []op) []op {
	for changed := true; changed; {
		changed = false
		for i := len(ops) - 1; i >= 0; i-- {
			if less := slices.Delete(slices.Clone(ops), i, i+1); play(p, less, moves{}) != "" {
				ops, changed = less, true
				continue
			}
			for _, plain := range []func(*op){func(o *op) { o.clock = 0 }, func(o *op) { o.cut = 0 }, func(o *op) { o.nested = false }, func(o *op) { o.app = 0 }} {
				less := slices.Clone(ops)
				if plain(&less[i]); less[i] != ops[i] && play(p, less, moves{}) != "" {
					ops, changed = less, true
				}
			}
		}
	}
	return ops
}

// search plays schedules until one breaks an invariant, and shows the shortest one that does.
func search(bug string, count int, m moves) (string, int) {
	workers := runtime.GOMAXPROCS(0)
	found := make([]uint64, workers)
	seen := make([]moves, workers)
	var all sync.WaitGroup
	for k := range workers {
		seen[k] = moves{}
		all.Go(func() {
			for seed := k + 1; seed <= count; seed += workers {
				p, ops := draw(uint64(seed), bug)
				if play(p, ops, seen[k]) != "" {
					found[k] = uint64(seed)
					return
				}
			}
		})
	}
	all.Wait()
	for _, more := range seen {
		maps.Copy(m, more)
	}
	seeds := slices.DeleteFunc(found, func(s uint64) bool { return s == 0 })
	if len(seeds) == 0 {
		return "", count
	}
	seed := slices.Min(seeds)
	p, ops := draw(seed, bug)
	ops = shrink(p, ops)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nseed %d, %s\n", play(p, ops, moves{}), seed, p)
	for i, o := range ops {
		fmt.Fprintf(&b, "%3d %s\n", i+1, o)
	}
	return b.String(), int(seed)
}

// TestModel: whatever happens, in whatever order, however often, with crashes at every point: no invariant breaks, and machines
// go from state to state as the table says.
func TestModel(t *testing.T) {
	m := moves{}
	if found, _ := search("", schedules(t), m); found != "" {
		t.Error(found)
	}
	if list := m.unknown(); list != nil {
		t.Errorf("the table of transitions has not: %q", list)
	}
	for _, a := range arrows() {
		if !m[move{a.from, a.on, a.to}] {
			t.Errorf("it is drawn and does not happen: %s %s %s", a.from, a.on, a.to)
		}
	}
}

// TestModelFindsBugs: each bug breaks an invariant that the model sees, and a short schedule shows it.
func TestModelFindsBugs(t *testing.T) {
	for bug, invariant := range bugs() {
		found, seed := search(bug, 10_000, moves{})
		if !strings.Contains(found, invariant) || found == "" || strings.Count(found, "\n") > 14 {
			t.Errorf("%s: it should break %q with a short schedule:\n%s", bug, invariant, found)
		}
		t.Logf("%s: found at schedule %d\n%s", bug, seed, found)
	}
}
