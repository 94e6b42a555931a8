// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import "strconv"

// Fixed fields of a message (RFC 2131 section 2), as offsets.
const (
	offOp     = 0
	offHType  = 1
	offHLen   = 2
	offXID    = 4
	offSecs   = 8
	offFlags  = 10
	offCIAddr = 12
	offYIAddr = 16
	offSIAddr = 20
	offGIAddr = 24
	offCHAddr = 28
	offSName  = 44
	offFile   = 108
	offCookie = 236
	offOpts   = 240

	sizeSName = 64
	sizeFile  = 128
)

const (
	bootRequest = 1
	bootReply   = 2

	cookie = 0x63825363

	flagBroadcast = 0x8000
)

// minReply is what BOOTP relays and some ROMs expect a message to have at least (RFC 1542 section 2.1).
const minReply = 300

// Sizes of replies, in bytes of UDP payload. EDK2 drops replies of more than 1472 (PxeBcDhcp4.c); a client that does not
// say takes 576 with its IP and UDP headers (RFC 2131 section 2).
const (
	maxReply     = 1472
	headersSize  = 28
	minMaxSize   = 576
	bufferedSize = 2048
)

// Options (RFC 2132 unless said otherwise).
const (
	optPad           = 0
	optHostname      = 12
	optVendor        = 43 // with option 60 PXEClient: PXE 2.1 table 2-1
	optRequestedAddr = 50
	optOverload      = 52
	optType          = 53
	optServerID      = 54
	optParams        = 55
	optMaxSize       = 57
	optClass         = 60
	optClientID      = 61
	optTFTPServer    = 66
	optBootFile      = 67
	optUserClass     = 77 // RFC 3004
	optRelayAgent    = 82 // RFC 3046
	optArch          = 93 // RFC 4578
	optNDI           = 94 // RFC 4578
	optUUID          = 97 // RFC 4578
	optIPXE          = 175
	optEnd           = 255
)

// Sub-options of the relay agent information.
const (
	relayCircuit    = 1
	relayRemote     = 2
	relayLink       = 5  // RFC 3527
	relaySourcePort = 19 // RFC 8357
)

// Sub-options of PXE in option 43 (PXE 2.1 table 2-1). 1 to 5 are MTFTP's; EDK2 discards an offer that has all of them,
// and nobody needs any.
const (
	pxeControl = 6
	pxeServers = 8
	pxeMenu    = 9
	pxePrompt  = 10
	pxeItem    = 71
)

// Bits of PXE_DISCOVERY_CONTROL.
const (
	controlNoBroadcast = 1 << 0
	controlNoMulticast = 1 << 1
	controlBootNow     = 1 << 3 // load the offered file: no prompt, no menu, no discovery
)

// Ports.
const (
	portServer  = 67
	portClient  = 68
	portBINL    = 4011
	portClient6 = 546
	portServer6 = 547
)

// MessageType is the value of option 53.
type MessageType uint8

// The message types that matter here (RFC 2132 section 9.6).
const (
	Discover MessageType = 1
	Offer    MessageType = 2
	Request  MessageType = 3
	Decline  MessageType = 4
	Ack      MessageType = 5
	Nak      MessageType = 6
	Release  MessageType = 7
	Inform   MessageType = 8
)

// String names the type as the RFCs do; an unknown one is its number.
func (t MessageType) String() string {
	names := [...]string{"BOOTP", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM"}
	if int(t) < len(names) {
		return names[t]
	}
	return "type " + strconv.Itoa(int(t))
}
