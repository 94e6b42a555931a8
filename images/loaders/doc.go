// SPDX-License-Identifier: Apache-2.0

// Package loaders keeps sets of the programs that firmware starts: which of them a machine gets first, and what each says of itself.
//
// A set is a directory of programs with a manifest in it, below images/loaders, so that its files are served like all others and find
// one another by the names that they look for. [Add] makes one of an archive, a Debian package or a directory. What is unpacked comes
// from anywhere: names that lead out, links that do, and archives that grow without end are errors, and then nothing is there.
package loaders
