// SPDX-License-Identifier: Apache-2.0

// Package inventory reads what an iPXE says of the machine it runs on.
//
// It comes over HTTP from whoever asks: every key is one of a few that are known, every text is short, and what cannot be read is
// left out.
package inventory
