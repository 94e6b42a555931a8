// SPDX-License-Identifier: Apache-2.0

package dhcp4

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

	SizeSName = 64
	SizeFile  = 128 // with the NUL that ends a name
)

// What a message is (RFC 2131 section 2).
const (
	OpRequest = 1
	OpReply   = 2

	cookie = 0x63825363

	FlagBroadcast = 0x8000
)

// MinSize is what BOOTP relays and some ROMs expect a message to have at least (RFC 1542 section 2.1).
const MinSize = 300

// Sizes of replies, in bytes of UDP payload. EDK2 drops replies of more than 1472 (PxeBcDhcp4.c); a client that does not
// say takes 576 with its IP and UDP headers (RFC 2131 section 2).
const (
	MaxSize     = 1472
	headersSize = 28
	leastSize   = 576
)

// Options (RFC 2132 unless said otherwise).
const (
	OptPad           = 0
	OptHostname      = 12
	OptVendor        = 43 // with option 60 PXEClient: PXE 2.1 table 2-1
	OptRequestedAddr = 50
	OptOverload      = 52
	OptType          = 53
	OptServerID      = 54
	OptParams        = 55
	OptMaxSize       = 57
	OptClass         = 60
	OptClientID      = 61
	OptTFTPServer    = 66
	OptBootFile      = 67
	OptUserClass     = 77 // RFC 3004
	OptRelayAgent    = 82 // RFC 3046
	OptArch          = 93 // RFC 4578
	OptNDI           = 94 // RFC 4578
	OptUUID          = 97 // RFC 4578
	OptIPXE          = 175
	OptEnd           = 255
)

// Sub-options of the relay agent information.
const (
	RelayCircuit    = 1
	RelayRemote     = 2
	RelayLink       = 5  // RFC 3527
	RelaySourcePort = 19 // RFC 8357
)

// Sub-options of PXE in option 43 (PXE 2.1 table 2-1). 1 to 5 are MTFTP's; EDK2 discards an offer that has all of them,
// and nobody needs any.
const (
	PXEControl = 6
	PXEServers = 8
	PXEMenu    = 9
	PXEPrompt  = 10
	PXEItem    = 71
)

// Bits of PXE_DISCOVERY_CONTROL.
const (
	ControlNoBroadcast = 1 << 0
	ControlNoMulticast = 1 << 1
	ControlBootNow     = 1 << 3 // load the offered file: no prompt, no menu, no discovery
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
