// SPDX-License-Identifier: Apache-2.0

package fetch

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// note is what has to be known of a file to go on with it.
type note struct {
	URL      string `json:"url"`
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	Size     int64  `json:"size"` // negative: not known
}

// validator is what If-Range takes: a strong ETag, or a date (RFC 9110 section 13.1.5); "" if the server has said neither. A weak
// ETag does not say that bytes are the same.
func (n *note) validator() string {
	if n.ETag != "" && !strings.HasPrefix(n.ETag, "W/") {
		return n.ETag
	}
	return n.Modified
}

func noteOf(u *url.URL, r *http.Response) note {
	return note{u.Redacted(), r.Header.Get("ETag"), r.Header.Get("Last-Modified"), r.ContentLength}
}

// resume finds out what there is already. What cannot be gone on with is dropped.
func (d *download) resume() error {
	have, err := d.to.Seek(0, 2)
	if err != nil {
		return err
	}
	var n note
	if json.Unmarshal(d.to.Note(), &n) == nil && n.URL == d.url.Redacted() && n.validator() != "" && have > 0 {
		d.have, d.note = have, n
		return nil
	}
	return d.over()
}

// over begins again.
func (d *download) over() error {
	d.have, d.note = 0, note{}
	if err := d.to.Truncate(0); err != nil {
		return err
	}
	_, err := d.to.Seek(0, 0)
	return err
}

func (d *download) keep(n note) error {
	d.note = n
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return d.to.SetNote(b)
}
