// SPDX-License-Identifier: Apache-2.0

// Package catalog knows where images of operating systems are to be had, how they are proven, and how they are started.
//
// It fetches nothing, and asks nobody: the list in it is as its release was, and a file catalog.yaml of the configuration says more,
// or otherwise.
package catalog
