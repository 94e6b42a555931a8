// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// NewHost is a host that is to be written down.
type NewHost struct {
	Name    string
	MAC     boot.MAC  // that it is matched by; zero: UUID
	UUID    boot.UUID // that it is matched by, without a MAC
	Profile string    // "": its groups say
	Labels  map[string]string
	Vars    boot.Vars
	Note    string // for the comment above it; whatever is in it stays in one line
}

// ErrHostName is why a host cannot have a name.
var ErrHostName = fmt.Errorf("expected a name of letters, digits and . _ - of at most %d characters", maxNameLength)

// yaml writes a host as an item of a list.
func (h *NewHost) yaml() (string, error) {
	if !validName(h.Name) || h.Profile != "" && !validName(h.Profile) {
		return "", fmt.Errorf("%q, %q: %w", h.Name, h.Profile, ErrHostName)
	}
	entry := &node{Kind: mappingNode}
	put := func(key string, value any) error {
		n, err := nodeOf(value)
		entry.Content = append(entry.Content, &node{Kind: scalarNode, Value: key}, n)
		return err
	}
	err := put("name", h.Name)
	entry.Content = append(entry.Content, &node{Kind: scalarNode, Value: "match"}, h.match())
	if h.Profile != "" {
		err = errors.Join(err, put("profile", h.Profile))
	}
	if len(h.Labels) > 0 {
		err = errors.Join(err, put("labels", h.Labels))
	}
	if len(h.Vars) > 0 {
		err = errors.Join(err, put("vars", h.Vars))
	}
	if err != nil {
		return "", err
	}
	return h.item(entry)
}

// match writes by what it is known again.
func (h *NewHost) match() *node {
	key, value := "mac", h.MAC.String()
	if h.MAC.IsZero() {
		key, value = "uuid", h.UUID.String()
	}
	return &node{Kind: mappingNode, Style: flowStyle, Content: []*node{{Kind: scalarNode, Value: key}, {Kind: scalarNode, Value: value, Style: doubleQuotedStyle}}}
}

func (h *NewHost) item(entry *node) (string, error) {
	b, err := writeDocuments([]*node{{Kind: sequenceNode, Content: []*node{entry}}})
	if err != nil {
		return "", err
	}
	var out strings.Builder
	if h.Note != "" {
		out.WriteString("  # " + boot.Printable(strings.Join(strings.Fields(h.Note), " ")) + "\n")
	}
	for line := range strings.Lines(string(b)) {
		out.WriteString("  " + line)
	}
	return out.String(), nil
}
