// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

// Verdict is what became of one packet: an answer, or silence with its reason. Each has a word for metrics and a sentence
// for people.
type Verdict uint8

// The verdicts.
const (
	verdictNone Verdict = iota

	AnsweredOffer      // an OFFER on port 67, or an ADVERTISE
	AnsweredAck        // an ACK on port 4011, or a REPLY
	AnsweredLocal      // an offer to boot the local disk
	ObservedOffer      // what would have been AnsweredOffer
	ObservedAck        // what would have been AnsweredAck
	SilentTruncated    // fewer bytes than a message has
	SilentOversized    // more bytes than any client sends
	SilentNotDHCP      // no magic cookie, or fields that cannot be
	SilentReply        // another server's answer
	SilentType         // a message type that is not for us
	SilentRequest      // a DHCPREQUEST on port 67: the site's DHCP server answers those
	SilentOtherServer  // a request on port 4011 that names another server
	SilentNotNetboot   // no PXEClient, no HTTPClient: an ordinary DHCP client
	SilentInterface    // came in by an interface that is not served
	SilentNoAddress    // the interface has no IPv4 address to answer from
	SilentNetwork      // not one of the networks to answer
	SilentDenied       // the MAC address is on the deny list
	SilentIgnored      // no rule is for this machine, or one says to ignore it
	SilentPinned       // its strategy is silence
	SilentNoLoader     // there is no program that this architecture could run
	SilentNoHTTP       // an HTTPClient, and HTTP is off
	SilentNoIPv6       // no IPv6 address to put into a URL
	SilentNeedsAddress // an iPXE, which takes DHCPv6 offers only with an address in them
	SilentTooLong      // the file's name does not fit the field that this client reads
	SilentTooBig       // the reply would be larger than the client takes
	SilentRate         // this machine asks too often
	SilentFlood        // all machines together ask too often
	SilentLoop         // this machine boots again and again: it is left alone
	verdictCount
)

type verdictText struct{ word, sentence string }

func (v Verdict) text() verdictText {
	return [...]verdictText{
		verdictNone:        {"none", "nothing was decided"},
		AnsweredOffer:      {"offer", "offered"},
		AnsweredAck:        {"ack", "acknowledged"},
		AnsweredLocal:      {"local", "told to boot its local disk"},
		ObservedOffer:      {"observed-offer", "would be offered; dhcp.mode is observe"},
		ObservedAck:        {"observed-ack", "would be acknowledged; dhcp.mode is observe"},
		SilentTruncated:    {"truncated", "fewer bytes than a DHCP message has"},
		SilentOversized:    {"oversized", "more bytes than a DHCP client sends"},
		SilentNotDHCP:      {"not-dhcp", "not a DHCP message"},
		SilentReply:        {"reply", "another server's answer"},
		SilentType:         {"type", "a message type that is not for a ProxyDHCP server"},
		SilentRequest:      {"request-on-67", "a request for an address, which the site's DHCP server answers"},
		SilentOtherServer:  {"other-server", "a request that names another server"},
		SilentNotNetboot:   {"not-netboot", "an ordinary DHCP client: it does not ask to boot from the network"},
		SilentInterface:    {"interface", "this interface is not served"},
		SilentNoAddress:    {"no-address", "the interface has no address to answer from"},
		SilentNetwork:      {"network", "this network is not among those to answer (dhcp.allow)"},
		SilentDenied:       {"denied", "this machine is not to be answered (dhcp.deny)"},
		SilentIgnored:      {"ignored", "nothing is to be booted by this machine"},
		SilentPinned:       {"pinned-silence", "its strategy is silence"},
		SilentNoLoader:     {"no-loader", "there is no loader for this architecture"},
		SilentNoHTTP:       {"no-http", "the firmware asks for HTTP Boot, and http.enabled is false"},
		SilentNoIPv6:       {"no-ipv6", "there is no IPv6 address on this interface for the URL"},
		SilentNeedsAddress: {"needs-address", "an iPXE takes DHCPv6 offers only with an address in them, which the site's server gives"},
		SilentTooLong:      {"name-too-long", "the file's name does not fit: a DHCP header holds 127 bytes"},
		SilentTooBig:       {"reply-too-big", "the reply would be larger than the client takes"},
		SilentRate:         {"rate", "this machine asks more often than any firmware does (dhcp.per_mac)"},
		SilentFlood:        {"flood", "more requests than are to be answered (dhcp.per_second)"},
		SilentLoop:         {"loop", "left to its own disk, without an answer"},
		verdictCount:       {"", ""},
	}[v]
}

// Verdicts lists all of them.
func Verdicts() []Verdict {
	all := make([]Verdict, 0, verdictCount-1)
	for v := AnsweredOffer; v < verdictCount; v++ {
		all = append(all, v)
	}
	return all
}

// VerdictNames lists their words.
func VerdictNames() []string {
	names := make([]string, 0, verdictCount-1)
	for _, v := range Verdicts() {
		names = append(names, v.String())
	}
	return names
}

// String gives the word: stable, for metrics and tests.
func (v Verdict) String() string { return v.text().word }

// Sentence says it to people.
func (v Verdict) Sentence() string { return v.text().sentence }

// Answered reports whether something is to be sent.
func (v Verdict) Answered() bool { return v >= AnsweredOffer && v <= AnsweredLocal }

// observed is what becomes of an answer that is only thought of.
func (v Verdict) observed() Verdict {
	if v == AnsweredAck {
		return ObservedAck
	}
	return ObservedOffer
}

// Noise reports whether the packet was none of our business: an ordinary client, another server, or no DHCP at all. Such
// packets are counted, and logged only in detail.
func (v Verdict) Noise() bool {
	switch v {
	case SilentTruncated, SilentOversized, SilentNotDHCP, SilentReply, SilentType, SilentRequest, SilentOtherServer,
		SilentNotNetboot, SilentNeedsAddress, SilentInterface, SilentNetwork, SilentDenied, SilentIgnored, SilentPinned:
		return true
	default:
		return false
	}
}
