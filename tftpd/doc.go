// SPDX-License-Identifier: Apache-2.0

// Package tftpd serves files to thousands of small clients over TFTP, at line rate.
//
// It speaks RFC 1350 with the option extensions of RFC 2347, 2348 (blksize), 2349 (timeout, tsize) and 7440 (windowsize),
// tftp-hpa's utimeout and the variable window of the Windows boot manager (msftwindow), and obeys the requirements of
// RFC 1123 section 4.2: no Sorcerer's Apprentice, an adaptive timeout, broadcasts ignored.
//
// # Parts
//
//	request.go, options.go   bytes to Request, what is asked to what is granted; pure
//	sender.go, receiver.go   one transfer's state machine: event in, order out; no socket, no clock, no log
//	lane.go, send.go         a goroutine, its socket, its transfers and their timers; shares no lock on the way of a block
//	source.go, chunks.go     content shared by all transfers of a file; read ahead in chunks within a budget
//	intake.go, open.go       a new request's way: duplicate, limits, opening by a bounded set of workers, a lane
//	finisher.go              what may take its time when a transfer ended: closing, counting, telling
//	event.go, stats.go       what the server tells and counts; it holds no log and no metrics of its own
//	server.go                the exported configuration and the life of it all
//
// # Way of a block
//
//	socket -> lane: ACK -> transfer table -> sender.ack -> order (blocks n..m) -> header and slice of content -> socket
//
// Everything on it belongs to the lane's goroutine. Opening, reading from disk and logging happen elsewhere and come back
// through the lane's inbox. Headers and content are gathered by the kernel: no copy and no allocation per block.
//
// # Content
//
// What is served comes from an [Opener], which is asked once per request. [Dir] serves a directory, [Names] puts a virtual
// namespace (remap rules, case folding, per-address roots) before any other Opener.
package tftpd
