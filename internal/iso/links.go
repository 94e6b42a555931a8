// SPDX-License-Identifier: Apache-2.0

package iso

// takeLink adds the component records of one SL field, RRIP section 4.1.3.1: flags, length, content.
func (a *ridge) takeLink(f field) error {
	if err := f.need(1); err != nil {
		return err
	}
	for b := f.body[1:]; len(b) > 0; {
		if len(b) < 2 || 2+int(b[1]) > len(b) {
			return wrong(f.offset, "Rock Ridge link", "a part is longer than its field")
		}
		end := 2 + int(b[1])
		a.link.take(b[0], b[2:end])
		b = b[end:]
	}
	if a.link.bytes > mostPath {
		return wrong(f.offset, "Rock Ridge link", "its target is longer than %d bytes", mostPath)
	}
	return nil
}

// Flags of a component record.
const (
	partGoesOn = 1
	partSelf   = 2
	partParent = 4
	partRoot   = 8
)

func (l *linkTarget) take(flags byte, content []byte) {
	part := text(content)
	switch {
	case flags&partRoot != 0:
		l.root, l.parts = true, nil
		return
	case flags&partSelf != 0:
		part = "."
	case flags&partParent != 0:
		part = ".."
	}
	if l.bytes += len(part) + 1; l.bytes > mostPath {
		return // takeLink tells
	}
	if last := len(l.parts) - 1; l.goOn && last >= 0 {
		l.parts[last] += part
	} else {
		l.parts = append(l.parts, part)
	}
	l.goOn = flags&partGoesOn != 0
}
