// SPDX-License-Identifier: Apache-2.0

// Package files serves and fills directories over TFTP: for bootlace tftp serve, and for the uploads of the appliance.
//
//	dir.go                 a directory to be served
//	names.go, rules.go     what names mean: cleaned, rewritten by rules, looked up at several places
//	uploads.go, upload.go  a directory to be filled, and a file being received
//	quotas.go, count.go    how much may lie in it, and how much does
package files
