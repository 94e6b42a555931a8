// SPDX-License-Identifier: Apache-2.0

// Package tftpd serves files to thousands of small clients over TFTP, at line rate.
//
// It speaks RFC 1350 with the option extensions of RFC 2347, 2348 (blksize), 2349 (timeout, tsize) and 7440 (windowsize),
// tftp-hpa's utimeout and the variable window of the Windows boot manager (msftwindow), and obeys the requirements of
// RFC 1123 section 4.2: no Sorcerer's Apprentice, an adaptive timeout, broadcasts ignored.
//
// # Parts
//
//	internal/proto             bytes to Request, what is asked to what is granted, the state machines; no socket, no clock
//	server.go, limits.go       the exported configuration and the life of it all
//	content.go, storer.go      what the user brings: an [Opener] of content, a [Storer] of uploads
//	event.go, stats.go         what the server tells and counts; it holds no log and no metrics of its own
//	intake.go, open.go         a new request's way: duplicate, limits, opening by a bounded set of workers, a lane
//	index.go, clients.go       what runs now, and what is known of an address beyond that
//	ports.go                   which port a transfer gets: one that nobody can foretell
//	lane.go, timers.go         a goroutine, its ports, its transfers and their timers; shares no lock on the way of a block
//	download.go, upload.go     the two directions of a transfer, as a lane drives them
//	source.go, chunks.go       content shared by all downloads of it; read ahead in chunks within a budget
//	finisher.go                what may take its time when a transfer ended: closing, counting, telling
//
// # Way of a block
//
//	socket -> lane: ACK -> transfer table -> download -> proto.Sender -> order (blocks n..m) -> header and slice of content -> socket
//
// Everything on it belongs to the lane's goroutine. Opening, reading from disk and telling events happen elsewhere and come
// back through the lane's commands. Headers and content are gathered by the kernel: no copy and no allocation per block.
package tftpd
