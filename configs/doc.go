// SPDX-License-Identifier: Apache-2.0

// Package configs turns YAML into a spec, or says where it is wrong.
//
// [Directory] reads bootlace.yaml, profiles, hosts and templates; other sources make a [Spec] by themselves, and [Merge] joins
// them. It is strict, and it reports everything that is wrong in one run, each with file, line and column, what was
// expected, and the nearest valid name. The types in this package are the one description of the files: decoding, defaults,
// the JSON Schema for editors and the tables in docs/configuration.md all follow from them.
package configs

//go:generate go test -run ^(TestReference|TestSchema|TestDocs)$ -update .
