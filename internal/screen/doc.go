// SPDX-License-Identifier: Apache-2.0

// Package screen shows machines in a browser and takes what operators order there.
package screen
