// SPDX-License-Identifier: Apache-2.0

// Package contest starts the TFTP and DHCP servers that are compared, and reads what they cost from the kernel.
//
// Each server runs alone, for one run, with logs switched off where it can do that and its limits raised above the load. CPU time is
// that of the whole process tree, dead children included; memory is the greatest resident size.
package contest
