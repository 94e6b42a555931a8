// SPDX-License-Identifier: Apache-2.0

package iso

// place is a directory that is to be read, and the way to it.
type place struct {
	dir    *Entry
	parent *place
	depth  int
	length int64 // bytes of the directory
	at     int64 // where it lies in the image; for UDF, where its file entry does
	name   int   // bytes of its path
	icb    *fileEntry
}

// path is what errors call something in the directory.
func (p *place) path(name string) string {
	for ; p != nil && p.parent != nil; p = p.parent {
		name = p.dir.Name + "/" + name
	}
	return "/" + name
}

func (p *place) field() string {
	if p.parent == nil {
		return "root directory"
	}
	return "directory " + p.parent.path(p.dir.Name)
}

// add puts an entry into the directory, if its name is one.
func (p *place) add(src *source, offset int64, e *Entry) error {
	if problem := checkName(e.Name); problem != "" {
		return wrong(offset, p.field(), "the name %.300q is none: %s", e.Name, problem)
	}
	if p.name+1+len(e.Name) > mostPath {
		return wrong(offset, p.field(), "a path of more than %d bytes", mostPath)
	}
	if err := src.entry(offset, p.field(), e.Name, e.Link); err != nil {
		return err
	}
	p.dir.children = append(p.dir.children, e)
	return nil
}

// under makes the place of a directory in this one.
func (p *place) under(e *Entry, offset int64, at Extent) (*place, error) {
	below := &place{dir: e, parent: p, depth: p.depth + 1, at: at.Offset, length: at.Length, name: p.name + 1 + len(e.Name)}
	if below.depth > mostDepth {
		return nil, wrong(offset, below.field(), "more than %d directories one in the other", mostDepth)
	}
	return below, below.check(offset)
}

func (p *place) check(offset int64) error {
	if p.length > mostDirectory {
		return wrong(offset, p.field(), "it is %d bytes long, more than %d", p.length, mostDirectory)
	}
	return nil
}

// directories reads one directory of a view, and says which are in it.
type directories interface {
	directory(p *place) (below []*place, err error)
}

// fill reads all directories, each once: one that is reached twice is a loop, or a bomb.
func fill(r directories, root *place) error {
	seen := map[int64]bool{}
	for todo := []*place{root}; len(todo) > 0; {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if p.length == 0 {
			continue
		}
		if seen[p.at] {
			return wrong(p.at, p.field(), "it is in the tree twice, which makes a loop")
		}
		seen[p.at] = true
		below, err := r.directory(p)
		if err != nil {
			return err
		}
		if twice := p.dir.sort(); twice != "" {
			return wrong(p.at, p.field(), "the name %q is in it twice", twice)
		}
		todo = append(todo, below...)
	}
	return nil
}

// readTree reads all directories of an ISO 9660 view.
func readTree(r *isoReader, root record, into *Entry) error {
	p := &place{dir: into, at: root.data.Offset, length: root.data.Length}
	if err := p.check(root.offset); err != nil {
		return err
	}
	return fill(r, p)
}
