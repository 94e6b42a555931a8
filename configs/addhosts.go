// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"errors"
	"slices"
	"strings"
)

// AddHosts gives a file of hosts with more of them below the last one. All that is in it stays, in the layout of [Format]. If that
// cannot be done without changing what src means, the error says so. Whether the hosts make sense, only [boot.Build] knows.
func AddHosts(src []byte, hosts []NewHost) ([]byte, error) {
	var items strings.Builder
	for i := range hosts {
		text, err := hosts[i].yaml()
		if err != nil {
			return nil, err
		}
		items.WriteString(text)
	}
	src, err := Format(src)
	if err != nil {
		return nil, err
	}
	out, err := insertHosts(string(src), items.String())
	if err != nil {
		return nil, err
	}
	return out, onlyMore(src, out, len(hosts))
}

var errNoPlace = errors.New("its hosts are not a list with one host below the other: expected hosts: with - below it")

// insertHosts puts items below the last one of the first document with hosts, or of the last document where none has any.
func insertHosts(src, items string) ([]byte, error) {
	docs := splitDocuments([]byte(src))
	for i, doc := range docs {
		if strings.TrimSpace(doc) == "" {
			docs[i] = ""
			continue
		}
		at, err := endOfHosts(doc)
		if err != nil {
			return nil, err
		}
		if at >= 0 {
			text := lines([]byte(doc))
			docs[i] = joined(text[:at]) + items + joined(text[at:])
			return []byte(strings.Join(docs, "---\n")), nil
		}
	}
	last := len(docs) - 1
	docs[last] += "hosts:\n" + items
	return []byte(strings.Join(docs, "---\n")), nil
}

func joined(text []string) string {
	if len(text) == 0 {
		return ""
	}
	return strings.Join(text, "\n") + "\n"
}

// endOfHosts gives the line, counted from 0, above which a document's next host is to stand; -1 if it has none.
func endOfHosts(doc string) (int, error) {
	parsed, err := parseAll([]byte(doc))
	if err != nil || len(parsed) != 1 {
		return -1, err
	}
	top := parsed[0].Content[0]
	if top.Kind != mappingNode {
		return -1, errNoPlace
	}
	for i := 0; i < len(top.Content); i += 2 {
		if top.Content[i].Value != "hosts" {
			continue
		}
		if list := top.Content[i+1]; list.Kind != sequenceNode || list.Style&flowStyle != 0 || len(list.Content) == 0 {
			return -1, errNoPlace
		}
		text := lines([]byte(doc))
		if i+2 == len(top.Content) {
			return len(text), nil
		}
		at := commentTop(text, top.Content[i+2].Line-1)
		for at > 0 && strings.TrimSpace(text[at-1]) == "" {
			at--
		}
		return at, nil
	}
	return -1, nil
}

// onlyMore makes sure that a file means what it did, with so many more hosts.
func onlyMore(src, out []byte, more int) error {
	before, err := parseAll(src)
	if err != nil {
		return err
	}
	after, err := parseAll(out)
	if err != nil {
		return errNoPlace
	}
	if !takeAway(after, more) {
		return errNoPlace
	}
	before, after = withContent(before), withContent(after)
	if len(before) != len(after) {
		return errNoPlace
	}
	for i := range before {
		if !pairUp(before[i], after[i], func(int, int) {}) {
			return errNoPlace
		}
	}
	return nil
}

// withContent leaves out documents with nothing in them.
func withContent(docs []*node) []*node {
	return slices.DeleteFunc(docs, func(d *node) bool {
		return len(d.Content) != 1 || isNull(d.Content[0]) || d.Content[0].Kind == mappingNode && len(d.Content[0].Content) == 0
	})
}

// takeAway removes the last hosts of the first document that has any, and their key where none is left.
func takeAway(docs []*node, n int) bool {
	for _, doc := range docs {
		if len(doc.Content) != 1 || doc.Content[0].Kind != mappingNode {
			continue
		}
		top := doc.Content[0]
		for i := 0; i < len(top.Content); i += 2 {
			if top.Content[i].Value != "hosts" {
				continue
			}
			list := top.Content[i+1]
			if len(list.Content) < n {
				return false
			}
			if list.Content = list.Content[:len(list.Content)-n]; len(list.Content) == 0 {
				top.Content = slices.Delete(top.Content, i, i+2)
			}
			return true
		}
	}
	return false
}
