// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"io/fs"
)

// isoReader reads the directories of one view of an ISO 9660 volume.
type isoReader struct {
	src   *source
	block int64
	view  View
	skip  int // see volumes.suspSkip
}

// directory reads one directory into its entry, and gives the places of those in it.
func (r *isoReader) directory(p *place) (below []*place, err error) {
	b, err := r.src.bytes(p.field(), p.at, p.length)
	if err != nil {
		return nil, err
	}
	d := openDir{r: r, place: p}
	err = records(b, p.at, r.block, d.record)
	if err == nil && d.last != nil {
		err = wrong(d.last.offset, p.field(), "the last extent of its last file is missing")
	}
	return d.below, err
}

// openDir is a directory while its records are read.
type openDir struct {
	r     *isoReader
	place *place
	below []*place
	last  *record // of a file whose next extent must follow
	entry *Entry  // that file
}

func (d *openDir) record(rec record) error {
	if name := string(rec.name); name == self || name == parent || rec.flags&flagAssociated != 0 {
		return nil
	}
	if d.last != nil {
		return d.more(rec)
	}
	e, ridge, err := d.r.entry(rec)
	if err != nil || ridge.relocated || d.older(e) {
		return err
	}
	if err := d.place.add(d.r.src, rec.offset, e); err != nil {
		return err
	}
	if e.Mode.IsDir() {
		return d.directory(e, rec, ridge)
	}
	d.entry = e
	return d.extent(rec)
}

// more takes the next extent of a file, ECMA-119 section 6.5.1: one record for each, all of the same name.
func (d *openDir) more(rec record) error {
	if string(rec.name) != string(d.last.name) {
		return wrong(rec.offset, d.place.field(), "the next extent of %s is missing here", d.entry.Name)
	}
	return d.extent(rec)
}

func (d *openDir) extent(rec record) error {
	e := d.entry
	d.last = nil
	if rec.flags&flagMore != 0 {
		d.last = &rec
	}
	if !e.Mode.IsRegular() || e.Refusal != "" || rec.data.Length == 0 {
		return nil // where the extent of an empty file would lie is not defined
	}
	if err := d.r.src.content(d.place.path(e.Name), rec.data); err != nil {
		return err
	}
	e.Extents = join(e.Extents, rec.data)
	if e.Size += rec.data.Length; e.Size > d.r.src.size {
		return wrong(rec.offset, d.place.path(e.Name), "its extents are more than the whole image: they lie one over the other")
	}
	return nil
}

// directory queues a directory. A relocated one stands elsewhere and says itself how long it is, RRIP section 4.1.5.
func (d *openDir) directory(e *Entry, rec record, ridge ridge) error {
	at := rec.data
	if ridge.child != 0 {
		b, err := d.r.src.bytes("relocated directory", ridge.child, sector)
		if err != nil {
			return err
		}
		dot, err := parseRecord(b, ridge.child, d.r.block)
		if err != nil {
			return err
		}
		at = Extent{ridge.child, dot.data.Length}
	}
	below, err := d.place.under(e, rec.offset, at)
	d.below = append(d.below, below)
	return err
}

// older says whether this is a former version of the file before, which ISO 9660 keeps in order, the newest first.
func (d *openDir) older(e *Entry) bool {
	all := d.place.dir.children
	return d.r.view != RockRidge && len(all) > 0 && all[len(all)-1].Name == e.Name && e.Mode.IsRegular()
}

// entry makes an entry of a record, without content.
func (r *isoReader) entry(rec record) (*Entry, ridge, error) {
	e := &Entry{Mode: 0o444, ModTime: rec.time}
	if rec.flags&flagDirectory != 0 {
		e.Mode = fs.ModeDir | 0o555
	}
	var about ridge
	switch r.view {
	case Joliet:
		e.Name = jolietName(rec.name)
	case RockRidge:
		var err error
		if about, err = r.ridge(rec); err != nil {
			return nil, about, err
		}
		about.describe(e)
		fallthrough
	default:
		if e.Name == "" {
			e.Name = plainName(rec.name)
		}
	}
	return e, about, nil
}
