// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// WriteYAML writes a value of vars in block style, without a line break at the end. Every string stands in double quotes, so
// that none of them is a number, a date, no, or a second key to whoever reads it, whatever version of YAML that is.
func WriteYAML(v any) (string, error) {
	n, err := nodeOf(v)
	if err != nil {
		return "", err
	}
	b, err := writeDocuments([]*node{n})
	return strings.TrimSuffix(string(b), "\n"), err
}

func nodeOf(v any) (*node, error) {
	switch v := v.(type) {
	case boot.Vars:
		return mapOf(v)
	case map[string]any:
		return mapOf(v)
	case map[string]string:
		return mapOf(v)
	case []any:
		return listOf(v)
	case string:
		return &node{Kind: scalarNode, Tag: "!!str", Value: v, Style: doubleQuotedStyle}, nil
	case bool:
		return &node{Kind: scalarNode, Value: strconv.FormatBool(v)}, nil
	case int:
		return &node{Kind: scalarNode, Value: strconv.Itoa(v)}, nil
	case nil:
		return &node{Kind: scalarNode, Value: "null"}, nil
	default:
		return nil, fmt.Errorf("yaml: a %T cannot be written", v)
	}
}

// mapOf has the keys sorted: the same values give the same bytes.
func mapOf[T any](m map[string]T) (*node, error) {
	n := &node{Kind: mappingNode}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		key, _ := nodeOf(k)
		value, err := nodeOf(any(m[k]))
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, key, value)
	}
	return n, nil
}

func listOf(list []any) (*node, error) {
	n := &node{Kind: sequenceNode}
	for _, v := range list {
		value, err := nodeOf(v)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, value)
	}
	return n, nil
}
