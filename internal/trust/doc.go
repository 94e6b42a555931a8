// SPDX-License-Identifier: Apache-2.0

// Package trust says whether bytes are what the owner of a key signed, by OpenPGP, minisign or cosign, and reads lists of digests.
package trust
