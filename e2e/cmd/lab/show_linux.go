// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"

	"github.com/bootlace-net/bootlace/e2e"
)

// showYAML shows what an operator would have written for these cases.
func showYAML(cases []e2e.Case, stdout, stderr io.Writer) int {
	if len(cases) == 0 {
		say(stderr, "lab: no such case: `lab cases` lists them")
		return exitUsage
	}
	for _, c := range cases {
		say(stdout, "# "+c.About)
		say(stdout, c.YAML())
	}
	return exitOK
}
