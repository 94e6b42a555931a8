// SPDX-License-Identifier: Apache-2.0

package site

import "github.com/bootlace-net/bootlace/boot"

// Findings are what is wrong with a configuration: mistakes, and what is probably not meant as written. Of a file with very many of
// them only the first are here.
type Findings struct {
	Errors   []Finding `json:"errors"`
	Warnings []Finding `json:"warnings"`

	errors, warnings int
}

// Counts says how many there are altogether.
func (f Findings) Counts() (errors, warnings int) { return f.errors, f.warnings }

// Finding is a problem for programs.
type Finding struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	What     string `json:"what"`
	Expected string `json:"expected,omitempty"`
}

// Problem gives the finding as it was found.
func (f Finding) Problem() boot.Problem {
	return boot.Problem{Pos: boot.Pos{File: f.File, Line: f.Line, Column: f.Column}, What: f.What, Expected: f.Expected}
}

// findingsOf parts mistakes from warnings.
func findingsOf(problems []boot.Problem) Findings {
	f := Findings{Errors: []Finding{}, Warnings: []Finding{}} // programs want lists, also empty ones
	for _, p := range problems {
		if p.Warning {
			f.warnings++
		} else {
			f.errors++
		}
	}
	for _, p := range boot.Bounded(problems) {
		to := &f.Errors
		if p.Warning {
			to = &f.Warnings
		}
		*to = append(*to, Finding{p.Pos.File, p.Pos.Line, p.Pos.Column, p.What, p.Expected})
	}
	return f
}
