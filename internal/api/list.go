// SPDX-License-Identifier: Apache-2.0

package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Query says which machines are asked for.
type Query struct {
	State   string
	Profile string
	Search  string // words that a machine has, see docs/api.md
	After   string // the ID of the last machine of the page before
	Limit   int    // machines on a page; 0: the most there may be
}

// mostOfPage bounds an answer. A machine takes about 400 bytes.
const mostOfPage = 1000

// Page is a part of the list of machines, by ID.
type Page struct {
	Machines []Machine `json:"machines"`
	Next     string    `json:"next,omitempty"` // what after is for the next page; none: this is the last one
}

func (q Query) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"state": q.State, "profile": q.Profile, "q": q.Search, "after": q.After} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	return v
}

func query(v url.Values) (Query, error) {
	q := Query{State: v.Get("state"), Profile: v.Get("profile"), Search: v.Get("q"), After: v.Get("after"), Limit: mostOfPage}
	for name := range v {
		switch name {
		case "state", "profile", "q", "after", "limit":
		default:
			return q, problem(http.StatusBadRequest, fmt.Sprintf("unknown parameter %s: expected state, profile, q, after or limit", excerpt(name)))
		}
	}
	if text := v.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostOfPage {
			return q, problem(http.StatusBadRequest, fmt.Sprintf("limit %s: expected a number from 1 to %d", excerpt(text), mostOfPage))
		}
		q.Limit = n
	}
	return q, nil
}

// list gives the page that is asked for.
func (s *Server) list(r *http.Request) (Page, error) {
	q, err := query(r.URL.Query())
	page := Page{Machines: []Machine{}}
	if err != nil {
		return page, err
	}
	search := searchFor(q.Search)
	for _, f := range s.all() {
		if f.id() <= q.After {
			continue
		}
		m := s.machine(f)
		if !m.matches(q) || !search.finds(&m) {
			continue
		}
		if len(page.Machines) == q.Limit {
			page.Next = page.Machines[q.Limit-1].ID
			break
		}
		page.Machines = append(page.Machines, m)
	}
	return page, nil
}
