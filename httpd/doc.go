// SPDX-License-Identifier: Apache-2.0

// Package httpd offers the boot tree over HTTP, and the appliance's status.
//
// Boot firmware is an unforgiving client: UEFI HTTP Boot asks HEAD before GET, wants a Content-Length, and tells by the
// content type or the suffix what it got (EDK2 NetworkPkg/HttpBootDxe); iPXE resumes by Range. All of that is net/http's
// ServeContent over a file of known size. Names go to the Opener as they were asked for: it alone knows the grammar.
package httpd
