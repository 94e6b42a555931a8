// SPDX-License-Identifier: Apache-2.0

// Package fetch downloads files over HTTP: within bounds, and going on where it was broken off.
package fetch
