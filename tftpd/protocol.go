// SPDX-License-Identifier: Apache-2.0

package tftpd

import "github.com/bootlace-net/bootlace/tftpd/internal/proto"

// Request is what a client asks for.
type Request = proto.Request

// Option is one asked option, RFC 2347: a name in lower case and a value as the client wrote it.
type Option = proto.Option

// Mode is the transfer mode of RFC 1350 section 1.
type Mode = proto.Mode

// The modes that are served.
const (
	Octet    = proto.Octet
	Netascii = proto.Netascii
)

// Code is an error code of RFC 1350 section 5 and RFC 2347. Firmware acts on it: U-Boot stops on 1 and 2 and starts again
// forever on every other.
type Code = proto.Code

// The error codes.
const (
	CodeUndefined  = proto.CodeUndefined
	CodeNotFound   = proto.CodeNotFound
	CodeAccess     = proto.CodeAccess
	CodeDiskFull   = proto.CodeDiskFull
	CodeIllegal    = proto.CodeIllegal
	CodeUnknownTID = proto.CodeUnknownTID
	CodeExists     = proto.CodeExists
	CodeNoUser     = proto.CodeNoUser
	CodeOptions    = proto.CodeOptions
)

// Class is a kind of client, as far as its requests show it. It decides how soon a block may be repeated, and what is said
// to the operator.
type Class = proto.Class

// The classes.
const (
	Other       = proto.Other
	EDK2        = proto.EDK2
	IPXE        = proto.IPXE
	PXELINUX    = proto.PXELINUX
	GRUB        = proto.GRUB
	UBoot       = proto.UBoot
	RaspberryPi = proto.RaspberryPi
	WindowsBoot = proto.WindowsBoot
)

// Outcome is how a transfer ended.
type Outcome = proto.Outcome

// The outcomes; zero means it goes on.
const (
	Complete    = proto.Complete    // every block was acknowledged
	Unconfirmed = proto.Unconfirmed // everything was sent, the last ACK never came
	Probed      = proto.Probed      // the client wanted the size only
	Aborted     = proto.Aborted     // the client ended it with an ERROR
	Superseded  = proto.Superseded  // the client asked for something else from the same port
	Unanswered  = proto.Unanswered  // the client never answered the first reply
	TimedOut    = proto.TimedOut    // the client fell silent
	Unreadable  = proto.Unreadable  // the content could not be read, or changed meanwhile
	Refused     = proto.Refused     // the request was answered with an ERROR
	Unwritable  = proto.Unwritable  // an upload could not be stored
	Stopped     = proto.Stopped     // the server ended
	Evicted     = proto.Evicted     // its place was needed for a client that answers
)

// instant is a point of a lane's monotonic clock, in nanoseconds.
type instant = proto.Instant
