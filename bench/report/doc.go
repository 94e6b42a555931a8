// SPDX-License-Identifier: Apache-2.0

// Package report turns measured rows into tables, a plot and a file for other programs.
package report
