// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// toYAML writes a value in block style, to be put behind {{ nindent }}. Every string stands in double quotes, as JSON has
// it: YAML 1.2 reads JSON's strings as they are, so no value can turn into a number, a date, no, or a second key.
func toYAML(v any) (string, error) {
	lines, err := yamlLines(v)
	return strings.Join(lines, "\n"), err
}

func yamlLines(v any) ([]string, error) {
	switch v := v.(type) {
	case boot.Vars:
		return yamlMap(v)
	case map[string]any:
		return yamlMap(v)
	case map[string]string:
		m := make(map[string]any, len(v))
		for k, s := range v {
			m[k] = s
		}
		return yamlMap(m)
	case []any:
		return yamlList(v)
	case string:
		s, err := yamlString(v)
		return []string{s}, err
	case bool:
		return []string{strconv.FormatBool(v)}, nil
	case nil:
		return []string{"null"}, nil
	case int:
		return []string{strconv.Itoa(v)}, nil
	default:
		return nil, fmt.Errorf("yaml: a %T cannot be written", v)
	}
}

func yamlString(s string) (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

func yamlMap(m map[string]any) ([]string, error) {
	if len(m) == 0 {
		return []string{"{}"}, nil
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		key, err := yamlString(k)
		if err != nil {
			return nil, err
		}
		lines, err := yamlLines(m[k])
		if err != nil {
			return nil, err
		}
		out = append(out, nest(key+":", lines, isTree(m[k]))...)
	}
	return out, nil
}

func yamlList(list []any) ([]string, error) {
	if len(list) == 0 {
		return []string{"[]"}, nil
	}
	var out []string
	for _, v := range list {
		lines, err := yamlLines(v)
		if err != nil {
			return nil, err
		}
		out = append(out, "- "+lines[0])
		for _, l := range lines[1:] {
			out = append(out, "  "+l)
		}
	}
	return out, nil
}

// isTree reports whether a value is written on lines of its own.
func isTree(v any) bool {
	switch v := v.(type) {
	case boot.Vars:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	case map[string]string:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

func nest(head string, lines []string, tree bool) []string {
	if !tree {
		return []string{head + " " + lines[0]}
	}
	out := []string{head}
	for _, l := range lines {
		out = append(out, "  "+l)
	}
	return out
}
