// SPDX-License-Identifier: Apache-2.0

// Package target makes what machines boot in the lab: a small Linux that says on the serial console how it was started and
// switches itself off, and disks that say that they were booted.
package target
