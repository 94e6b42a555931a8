// SPDX-License-Identifier: Apache-2.0

// Package iso reads ISO 9660 and UDF images where they lie, by extent.
//
// [New] takes an image apart into one tree: names, sizes, modes, links, and for each file the list of extents that hold it, so that it
// can be served out of the image without a second copy. It knows ISO 9660 levels 1 to 3 (ECMA-119) with files of several extents, Rock
// Ridge (SUSP and RRIP 1.12), Joliet, El Torito, and UDF 1.02 to 2.60 (ECMA-167) with virtual, sparable and metadata partitions.
//
// There are two ISO 9660 libraries for Go, kdomanski/iso9660 and diskfs/go-diskfs. Both show a file beyond 4 GiB, which takes several
// extents, as several files of one name and read one part of it; neither reads UDF. That is why this one exists.
//
// Images are not trusted. Whatever an image says, reading it keeps less than 128 MiB, reads less than 1 GiB of descriptors and
// directories, follows no loop, and ends: at most 262,144 entries, 64 levels, paths of 4,096 bytes, names of 255, directories of 32 MiB,
// 1,048,576 extents. No file is larger than its image, whatever its extents say. What is beyond that, lies outside of the image, or has
// a name that could climb out of it is a [FormatError] that says where in the image it stands.
package iso
