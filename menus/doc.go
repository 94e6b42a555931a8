// SPDX-License-Identifier: Apache-2.0

// Package menus renders the per-machine iPXE, PXELINUX and GRUB trees.
//
// A [Tree] belongs to one catalog. Asked for a name by a machine with a plan, it renders what that loader reads, or says
// fs.ErrNotExist when the name is none of its own. What is rendered is complete before the first byte leaves, so its
// size is known, and asking again gives the same bytes.
//
// # Three languages, one meaning
//
// A plan is first turned into a page: entries with their files, words and titles, with every template rendered. Only then
// a writer for each language puts the page down. So a value cannot be anything but the word, the title or the file it
// stands for:
//
//   - A value in a line may not hold control characters. A newline in a variable is an error that names the machine
//     and the field; it is never silently dropped.
//   - A value in a command line, a file name or an iPXE script is part of one word: white space and double quotes in it
//     are an error. {{ words .vars.extra }} says that several words are meant, {{ quote .vars.name }} that one with
//     spaces is.
//   - ${ in a value is an error, because iPXE would expand it. Words that are operators of iPXE (&&, ||, ;) or begin
//     with # are errors wherever they come from.
//   - GRUB gets every word in single quotes if it holds anything but harmless characters. PXELINUX has no quoting; what
//     it cannot carry has been refused before.
//
// Literal text of a template is its author's own and is trusted, which is how an iPXE script may say ${net0/mac}.
package menus
