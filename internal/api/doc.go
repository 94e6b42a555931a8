// SPDX-License-Identifier: Apache-2.0

// Package api lets people and programs see and change machines.
//
// It is HTTP with JSON on a Unix socket, never on the ports that machines use; docs/api.md has the routes. Who connects is
// known by the kernel: root, and the user and group that the appliance runs as. What is asked is bounded in size, time and
// number, and what is changed is told as an event, which puts it into the log and into the machine's timeline.
//
// A machine is named by its host, a hardware address in any spelling, its UUID or serial number. [Server] answers, [Client] asks.
package api

//go:generate go test -run ^(TestDocsExamples|TestOpenAPI)$ -update .
