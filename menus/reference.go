// SPDX-License-Identifier: Apache-2.0

package menus

import (
	_ "embed" // for the reference
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed reference.md
var referenceText string

// Reference is the description of templates in Markdown: what they see, what they may call, and what a value may not
// hold where. The table of functions is made of [Functions].
func Reference() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(Functions())) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, marked(Functions()[name]))
	}
	return strings.Replace(referenceText, "<!-- functions -->\n", b.String(), 1)
}

// marked puts the expressions of a description into code marks.
func marked(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "{{", "`{{"), "}}", "}}`")
}
