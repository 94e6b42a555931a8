// SPDX-License-Identifier: Apache-2.0

// Package images opens loaders, kernels and initrds, and vouches for them.
//
// A [Store] is one directory of the operator, from which no name leads out, with the iPXE builds that the binary carries
// below it: a file of the operator wins over an embedded one of the same name. Beside it is a vault of images that were pulled or
// imported; a directory of the operator that has the name of such an image hides all of it. What is opened is regular, of known size,
// and stays the same to its last byte: a file that is replaced keeps its old bytes for those who have it open, and one
// that is overwritten in place stops being readable ([diskfile.ErrChanged]) instead of being served half old and half new.
package images
