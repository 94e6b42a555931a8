// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Encode writes a manifest, in the one way in which [Decode] reads it but for white space.
func (m *Manifest) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(m)
	return b.Bytes(), err
}

var errWritten = errors.New("it is not written as bootlace writes manifests: unknown, repeated or disordered keys")

// Decode reads a manifest and checks it. What is not exactly as Encode writes it (unknown keys, keys that are there twice, other
// spellings of a value) is refused: two readers must never see two images in the same bytes.
func Decode(b []byte) (*Manifest, error) {
	if len(b) > maxManifest {
		return nil, fmt.Errorf("a manifest has at most %d bytes", maxManifest)
	}
	m := &Manifest{}
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(m); err != nil {
		return nil, fmt.Errorf("no manifest: %w", err)
	}
	if err := m.Check(); err != nil {
		return nil, err
	}
	again, err := m.Encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(compact(b), compact(again)) {
		return nil, errWritten
	}
	return m, nil
}

// compact takes white space out; nil for what is not JSON, or more than one value.
func compact(b []byte) []byte {
	var out bytes.Buffer
	if json.Compact(&out, b) != nil {
		return nil
	}
	return out.Bytes()
}
