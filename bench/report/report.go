// SPDX-License-Identifier: Apache-2.0

package report

import (
	"encoding/json"
	"io"
	"slices"
	"time"
)

// Row is one server in one case: medians over the rounds, sums where noted.
type Row struct {
	Group  string `json:"group"`
	Case   string `json:"case"`
	Server string `json:"server"`
	Peer   bool   `json:"peer"`
	Floor  bool   `json:"floor,omitempty"` // no server, what any server costs at least
	Rounds int    `json:"rounds"`
	Note   string `json:"note,omitempty"` // what the server did not do, or why there is no number

	BlocksPerSecond float64       `json:"blocks_per_second"`
	BytesPerSecond  float64       `json:"bytes_per_second"` // of content
	CPUPerBlock     time.Duration `json:"cpu_per_block_ns"` // user and system, whole process tree
	Spread          float64       `json:"spread"`           // of blocks per second over the rounds: (greatest - least) / median
	Memory          int64         `json:"memory_bytes"`     // greatest of all rounds

	CompleteP50   time.Duration `json:"complete_p50_ns"`
	CompleteP99   time.Duration `json:"complete_p99_ns"`
	FirstP50      time.Duration `json:"first_reply_p50_ns"`
	FirstP99      time.Duration `json:"first_reply_p99_ns"`
	LoadedP99     time.Duration `json:"first_reply_under_load_p99_ns"`
	TurnaroundP50 time.Duration `json:"turnaround_p50_ns"`
	TurnaroundP99 time.Duration `json:"turnaround_p99_ns"`

	Done       int    `json:"done"`       // sum
	Failed     int    `json:"failed"`     // sum
	Unfinished int    `json:"unfinished"` // sum
	Repeats    uint64 `json:"repeats"`    // sum: a client had to ask again
	Duplicates uint64 `json:"duplicates"` // sum: blocks that came twice
}

// Measured tells whether the row has numbers: at least one transfer (or offer) was completed.
func (r Row) Measured() bool { return r.Done > 0 && r.BlocksPerSecond > 0 }

// Amplification is what one unanswered request of a stranger draws.
type Amplification struct {
	Server  string        `json:"server"`
	Over    time.Duration `json:"over_ns"`
	Plain   Drawn         `json:"plain"`
	Options Drawn         `json:"options"`
	Note    string        `json:"note,omitempty"`
}

// Drawn counts what came back, in bytes of UDP payload.
type Drawn struct {
	Request int `json:"request_bytes"`
	Bytes   int `json:"bytes"`
	Packets int `json:"packets"`
}

// Factor is bytes back per byte sent.
func (d Drawn) Factor() float64 {
	if d.Request == 0 {
		return 0
	}
	return float64(d.Bytes) / float64(d.Request)
}

// Verdict is one goal beside what was measured.
type Verdict struct {
	Goal     string `json:"goal"`
	Measured string `json:"measured"`
	Met      bool   `json:"met"`
	Known    bool   `json:"known"` // false: the case was not run, or a side has no number
}

// Report is everything one run found out.
type Report struct {
	Servers       map[string]string `json:"servers"` // name to version
	Rows          []Row             `json:"rows"`
	Amplification []Amplification   `json:"amplification,omitempty"`
	DHCP          []Row             `json:"dhcp,omitempty"` // a block is an offer
	HTTP          []Row             `json:"http,omitempty"` // a block is a MiB
	Verdicts      []Verdict         `json:"verdicts,omitempty"`
}

// Find returns the row of a server in a case, nil if there is none with numbers.
func Find(rows []Row, name, server string) *Row {
	for i := range rows {
		if rows[i].Case == name && rows[i].Server == server && rows[i].Measured() {
			return &rows[i]
		}
	}
	return nil
}

// BestPeer returns the peer with the greatest (or least) value of a quantity in a case, nil if no peer has a number. Only peers that
// failed nothing compete.
func BestPeer(rows []Row, name string, value func(Row) float64, least bool) *Row {
	var best *Row
	for i := range rows {
		r := &rows[i]
		if r.Case != name || !r.Peer || !r.Measured() || r.Failed+r.Unfinished > 0 {
			continue
		}
		if best == nil || (value(*r) < value(*best)) == least && value(*r) != value(*best) {
			best = r
		}
	}
	return best
}

// Speed is what servers are compared by: bytes per second, because some grant smaller blocks than were asked for; offers have none and
// are counted.
func Speed(r Row) float64 {
	if r.BytesPerSecond > 0 {
		return r.BytesPerSecond
	}
	return r.BlocksPerSecond
}

// Cost is the CPU time for one unit of Speed.
func Cost(r Row) float64 {
	if Speed(r) == 0 {
		return 0
	}
	return r.CPUPerBlock.Seconds() * r.BlocksPerSecond / Speed(r)
}

// cases lists the cases of rows in order of appearance.
func cases(rows []Row) []string {
	var names []string
	for _, r := range rows {
		if !slices.Contains(names, r.Case) {
			names = append(names, r.Case)
		}
	}
	return names
}

// JSON writes the report for other programs.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
