// SPDX-License-Identifier: Apache-2.0

// Package secureboot says before a boot whether Secure Boot will let a machine start a chain of programs, and why not.
//
// [Judge] is a function of what is known: the programs, as package pe reads them, and the firmware, as the machine told of it. Firmware
// starts what its variable db trusts and dbx does not revoke. A shim that was started decides for the programs after it: those of its
// vendor, of db and of the owner's own list, and none whose SBAT generation is too low. Where something is not known, the answer says
// what it depends on.
package secureboot
