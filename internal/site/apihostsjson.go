// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/bootlace-net/bootlace/configs"
)

func decodeHosts(text []byte) (APIHosts, error) {
	var file struct {
		Hosts []json.RawMessage `json:"hosts"`
	}
	all := make(APIHosts)
	if len(text) == 0 {
		return all, nil
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", apiHostsName, err)
	}
	for _, h := range file.Hosts {
		var is struct {
			Name string `json:"name"`
		}
		if err := json.Unmarshal(h, &is); err != nil {
			return nil, fmt.Errorf("%s: %w", apiHostsName, err)
		}
		var flat bytes.Buffer
		if err := json.Compact(&flat, h); err != nil {
			return nil, fmt.Errorf("%s: %w", apiHostsName, err)
		}
		all[is.Name] = flat.Bytes()
	}
	return all, nil
}

// encode writes them, one a line, so that each problem has a line of its own.
func (h APIHosts) encode() []byte {
	var b bytes.Buffer
	b.WriteString("{\"hosts\": [")
	for i, name := range sortedKeys(h) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(h[name])
	}
	b.WriteString("\n]}\n")
	return b.Bytes()
}

func sortedKeys(h APIHosts) (names []string) {
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ExportAPIHosts writes the hosts of the API as a file of YAML.
func (s *Site) ExportAPIHosts() (string, error) {
	all, err := s.APIHosts()
	if err != nil {
		return "", err
	}
	list := []any{}
	for _, name := range sortedKeys(all) {
		d := json.NewDecoder(bytes.NewReader(all[name]))
		d.UseNumber()
		var h map[string]any
		if err := d.Decode(&h); err != nil {
			return "", err
		}
		list = append(list, plainNumbers(h))
	}
	text, err := configs.WriteYAML(map[string]any{"hosts": list})
	return text + "\n", err
}

// plainNumbers makes whole numbers of those that are, and text of the others.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		return v.String() // as the configuration takes them
	case map[string]any:
		for k := range v {
			v[k] = plainNumbers(v[k])
		}
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	}
	return v
}

// errNotAnObject is a host that is none.
var errNotAnObject = errors.New("expected an object with what YAML says of a host")

// CanonicalHost gives a host as it is kept: with its name in it, keys in order.
func CanonicalHost(name string, body []byte) (json.RawMessage, error) {
	if !utf8.ValidString(name) {
		return nil, errors.New("the name in the address is no UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var h map[string]any
	if err := d.Decode(&h); err != nil || h == nil || d.More() {
		return nil, errors.Join(errNotAnObject, err)
	}
	if own, ok := h["name"]; ok && own != name {
		return nil, fmt.Errorf("name: it is %s in the address: leave it out, or say the same", name)
	}
	h["name"] = name
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(h)
	return bytes.TrimSpace(out.Bytes()), err
}
