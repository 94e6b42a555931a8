// SPDX-License-Identifier: Apache-2.0

package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
)

// tag is the entity tag of a host; "" of none (RFC 9110 section 8.8.3).
func tag(kept []byte) string {
	if kept == nil {
		return ""
	}
	sum := sha256.Sum256(kept)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// demand refuses a change that its caller may not know the ground of (RFC 9110 section 13.1, RFC 6585 section 3).
func demand(r *http.Request, now string) error {
	match, none := r.Header.Get("If-Match"), r.Header.Get("If-None-Match")
	switch {
	case match == "" && none == "":
		return problem(http.StatusPreconditionRequired, "expected If-Match with the ETag that GET gave, or If-None-Match: * for a host that is new")
	case match != "" && !tagged(match, now):
		return problem(http.StatusPreconditionFailed, "it was changed since, or is not there: get it again")
	case none != "" && tagged(none, now):
		return problem(http.StatusPreconditionFailed, "it is there already: get it, and say its ETag with If-Match")
	}
	return nil
}

// tagged reports whether a list of tags has one. A weak one is none (section 8.8.3.2).
func tagged(list, now string) bool {
	for t := range strings.SplitSeq(list, ",") {
		if t = strings.TrimSpace(t); now != "" && (t == "*" || t == now) {
			return true
		}
	}
	return false
}

// tag is that of where a machine stands, whatever packets said of it since.
func (m *Machine) tag() string {
	where, _ := json.Marshal([]any{m.ID, m.State, m.Host, m.Profile, m.Action, m.Life}) // all of it can be written
	return tag(where)
}
