// SPDX-License-Identifier: Apache-2.0

// Command bench measures Bootlace beside dnsmasq, tftpd-hpa, atftpd, a plain pin/tftp server and a reflector without any protocol, in
// turn on the same load, and prints what each block cost.
//
// It works in a network namespace of its own, where port 69 is free and nothing else speaks, so it needs root (or unprivileged user
// namespaces). README.md says how to read the result.
package main
