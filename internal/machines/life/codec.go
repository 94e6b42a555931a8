// SPDX-License-Identifier: Apache-2.0

package life

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// mostBytes is far more than a record can have.
const mostBytes = 64 << 10

// ErrNewer says that a record was written by a newer version of this program.
var ErrNewer = errors.New("the record was written by a newer version of bootlace")

// Encode gives the bytes to store.
func (r Record) Encode() []byte {
	r.Schema = Schema
	b, err := json.Marshal(r)
	if err != nil {
		panic("life: a record is plain data: " + err.Error())
	}
	return b
}

// Decode reads stored bytes. Only what Encode writes is a record (blanks aside): of one that has more, or less, or the same
// thing twice, it is not known what it means, and nothing may be installed because of it.
func Decode(b []byte) (Record, error) {
	var version struct {
		Schema int `json:"schema"`
	}
	if len(b) > mostBytes {
		return Record{}, fmt.Errorf("the record has %d bytes, more than a record can have", len(b))
	}
	if err := json.Unmarshal(b, &version); err != nil {
		return Record{}, fmt.Errorf("the record is damaged: %w", err)
	}
	if version.Schema > Schema {
		return Record{}, fmt.Errorf("%w: schema %d, this one knows %d", ErrNewer, version.Schema, Schema)
	}
	var r Record
	if err := json.Unmarshal(b, &r); err != nil {
		return Record{}, fmt.Errorf("the record is damaged: %w", err)
	}
	var plain bytes.Buffer
	if err := json.Compact(&plain, b); err != nil || !bytes.Equal(plain.Bytes(), r.Encode()) {
		return Record{}, errors.New("the record is damaged: it is not as bootlace writes one")
	}
	if err := r.check(); err != nil {
		return Record{}, err
	}
	return r, nil
}

// check finds what no life leads to.
func (r Record) check() error {
	a := r.Attempt
	bad := func(what string) error { return fmt.Errorf("the record is damaged: %s", what) }
	switch {
	case r.Schema != Schema:
		return bad(fmt.Sprintf("schema %d is unknown", r.Schema))
	case r.Orders > mostOrders:
		return bad("it has too many orders")
	case r.Orders < 0 || r.Returns < 0 || r.Done.Target.Order < 0 || a.Target.Order < 0:
		return bad("a count is negative")
	case r.Done.Target.Order > r.Orders || a.Target.Order > r.Orders:
		return bad("it has more orders than were given")
	case a.Number < 0 || a.Script < 0 || a.Script > a.Number:
		return bad("the attempts are numbered wrongly")
	case (a.Number == 0) != (a.Boot == Boot{}):
		return bad("an attempt has no boot, or a boot no attempt")
	case a.Number > 0 && !a.Target.covers(r.Done.Target):
		return bad("an attempt is older than what is done")
	case (a.Ending == Done) && !r.Done.Target.covers(a.Target), a.Ending != Done && a.Number > 0 && r.Done.Target.covers(a.Target):
		return bad("the attempt and what is done are at odds")
	case r.Next.Profile == "" && r.Next != Next{}:
		return bad("the next boot has no profile")
	case slices.Contains(r.Told, ""):
		return bad("an alarm has no name")
	}
	return nil
}
