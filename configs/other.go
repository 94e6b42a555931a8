// SPDX-License-Identifier: Apache-2.0

package configs

import "github.com/bootlace-net/bootlace/boot"

// Decode reads one document of a file into a struct, as the files of a configuration are read: by the tags yaml, min and max of its
// fields, where unknown keys are mistakes. Positions name the file as it is given.
func Decode(file string, text []byte, into any) []boot.Problem {
	d := &decoder{file: file, lines: lines(text)}
	i := 0
	err := eachDocument(text, func(doc *node) {
		if len(doc.Content) != 1 || isNull(doc.Content[0]) {
			return
		}
		if i++; i > 1 {
			d.fail(doc.Content[0], "a second document", "expected only one")
			return
		}
		d.plain(doc.Content[0], into, "")
	})
	if err != nil {
		d.problems = append(d.problems, syntaxProblem(file, err))
	}
	return d.problems
}
