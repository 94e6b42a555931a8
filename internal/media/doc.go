// SPDX-License-Identifier: Apache-2.0

// Package media tells what operating system an installation medium holds and how it boots from the network.
//
// [Recognise] looks at what is inside, never at the name of the image: at files that only one family of systems has, and at the boot
// entries of the medium's own loaders. Their arguments are kept, but for those that say where the medium is. What cannot boot from the
// network as it is gets a [Refusal] that says what to take instead; of what is not known it is said what was found, and what is missing.
//
// A medium is not trusted: texts of its boot entries that a template, a script of iPXE or a screen would take for more than text are
// left out.
package media
