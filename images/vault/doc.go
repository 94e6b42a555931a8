// SPDX-License-Identifier: Apache-2.0

// Package vault keeps images: their bytes once each, by digest, and for every image a manifest that says what it is made of,
// how it is started and why it is trusted.
//
// On disk it is a directory:
//
//	blobs/sha256/HEX   bytes, named by what they are
//	seals/HEX          what the file of a blob looked like when its bytes were last found to be those
//	images/NAME.json   manifests; the / of a name is written as @
//	partial/           what is being fetched or copied
//	lock               held by who changes what is published
//
// What is published appears by one rename, when all of it is on the disk; who is killed at any point leaves no more than
// files in partial/, and blobs that no manifest names, which [Vault.GC] takes away. Several processes may use one vault.
package vault
