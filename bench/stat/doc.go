// SPDX-License-Identifier: Apache-2.0

// Package stat counts durations in a histogram of fixed size and takes medians of rounds.
//
// A load generator measures millions of durations while it must not allocate; a histogram with a known relative error keeps them.
package stat
