// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/internal/api"
)

// fleetView is the page of all machines.
type fleetView struct {
	Counts []count
	By     string   // what they are grouped by
	Ways   []string // to group them
	Find   string   // what is searched for
	State  string   // that is asked for alone
	Groups []group
	Total  int // machines that there are
	Shown  int // that are asked for
	Said   string
}

// Link leads to machines of a state alone; "" to those of all.
func (p fleetView) Link(state string) string {
	v := url.Values{"by": {p.By}}
	for name, value := range map[string]string{"q": p.Find, "state": state} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return "/?" + v.Encode()
}

// count is how many machines have a state.
type count struct {
	State string
	N     int
}

// group is machines with something in common, in pieces that a browser can leave out while they are out of sight.
type group struct {
	Name   string
	Total  int
	Pieces [][]tile
}

// tile is one machine in few bytes: there may be 10,000.
type tile struct {
	Name  string // by which its page is found, too
	State string
}

// mostPiece is how many tiles a browser draws at once.
const mostPiece = 200

// fleetPage answers with all machines that are asked for.
func (s *Server) fleetPage(w http.ResponseWriter, r *http.Request, v *visitor) {
	q := r.URL.Query()
	p := fleetView{By: q.Get("by"), Find: q.Get("q"), State: q.Get("state"), Ways: ways(), Said: said(q)}
	if !slices.Contains(p.Ways, p.By) {
		p.By = p.Ways[0]
	}
	p.fill(s.Fleet.Fleet(), s)
	s.render(w, http.StatusOK, "fleet", view{Title: "Fleet", At: "fleet", Visitor: v, Page: p})
}

// fill sorts machines into groups. The counts are of all machines that are searched for, whatever state is asked for.
func (p *fleetView) fill(all []api.Tile, s *Server) {
	counts, groups, search := make(map[string]int), make(map[string][]tile), wanted(p.Find)
	for i := range all {
		t := &all[i]
		state := stateOf(t, s.Now())
		if p.Total++; !search(t, state) {
			continue
		}
		counts[state]++
		if p.State != "" && p.State != state {
			continue
		}
		p.Shown++
		name := groupOf(t, p.By, state)
		groups[name] = append(groups[name], tile{t.Name, state})
	}
	for state, n := range counts {
		p.Counts = append(p.Counts, count{state, n})
	}
	slices.SortFunc(p.Counts, func(a, b count) int { return cmp.Or(order(a.State)-order(b.State), cmp.Compare(a.State, b.State)) })
	for name, tiles := range groups {
		p.Groups = append(p.Groups, group{name, len(tiles), slices.Collect(slices.Chunk(tiles, mostPiece))})
	}
	slices.SortFunc(p.Groups, func(a, b group) int { return cmp.Compare(a.Name, b.Name) })
}

// ways are how machines can be grouped, the first of them if nothing is said.
func ways() []string { return []string{"group", "rack", "profile", "state"} }

// groupOf names the group of a machine; what has none comes last in the order of names.
func groupOf(t *api.Tile, by, state string) string {
	name := ""
	switch by {
	case "rack":
		name = t.Labels["rack"]
	case "profile":
		name = t.Profile
	case "state":
		name = state
	case "group":
		if n := len(t.Groups); n > 0 {
			name = t.Groups[n-1]
		}
	}
	return cmp.Or(name, "– no "+by)
}

// wanted says which machines are searched for: those that have every word, in whatever is known of them.
func wanted(find string) func(t *api.Tile, state string) bool {
	words := strings.Fields(strings.ToLower(find))
	if len(words) == 0 {
		return func(*api.Tile, string) bool { return true }
	}
	return func(t *api.Tile, state string) bool {
		text := strings.ToLower(strings.Join(append(slices.Concat(t.MACs, t.Addresses, t.Groups),
			t.Name, t.Host, t.Profile, t.UUID, t.Serial, t.Hostname, t.Arch, t.Vendor, t.State, state, t.Relay, t.Circuit, t.Remote), "\n"))
		for _, v := range t.Labels {
			text += "\n" + strings.ToLower(v)
		}
		return !slices.ContainsFunc(words, func(w string) bool {
			return !strings.Contains(text, w) && !strings.Contains(text, strings.ReplaceAll(w, "-", ":"))
		})
	}
}

// fleetLive tells the states of machines that have changed, and how many there are of each.
func (s *Server) fleetLive(w http.ResponseWriter, r *http.Request, v *visitor) {
	s.follow(w, r, v, func(c change) string {
		out := struct {
			Machines [][2]string    `json:"machines,omitempty"` // name and state
			Counts   map[string]int `json:"counts,omitempty"`
			All      bool           `json:"all,omitempty"`
		}{Counts: c.counts, All: c.all}
		for i := range c.tiles {
			state := stateOf(&c.tiles[i], s.Now())
			out.Machines = append(out.Machines, [2]string{c.tiles[i].Name, state})
		}
		b, _ := json.Marshal(out) // texts and numbers can be written
		return string(b)
	})
}
