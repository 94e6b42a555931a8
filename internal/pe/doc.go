// SPDX-License-Identifier: Apache-2.0

// Package pe says what an EFI program is and who signed it, and signs one with a key of one's own.
//
// [Read] takes a PE file apart: the machine that it is for, its SBAT generations, every certificate table entry with every signer in
// it, and, of a shim, whose programs that one starts in turn. A signature is checked as firmware does, against the digest of the file
// as it is (Authenticode) and the certificates that it brings along; whether anybody trusts those is another question, for
// [Signature.TrustedBy] and a [Database], which is what a firmware keeps in its variables db, dbx and KEK.
//
// Files come from anywhere: every table is bounded, must lie in the file, and may not overlap another one.
package pe
