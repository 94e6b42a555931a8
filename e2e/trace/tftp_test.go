// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/e2e/trace"
)

const (
	client = "10.77.0.100:1036"
	listen = "10.77.0.2:69"
	server = "10.77.0.2:42829"
)

// packet is one TFTP packet of an exchange: from the client or to it.
type packet struct {
	to   string // "listen", "server" or "client"
	body []byte
}

func (p packet) frame() []byte {
	switch p.to {
	case "listen":
		return udp4(client, listen, p.body)
	case "server":
		return udp4(client, server, p.body)
	default:
		return udp4(server, client, p.body)
	}
}

// seen is what a test looks at of a transfer.
type seen struct {
	Name                                       string
	Requests, Blocks, Bytes, Again, ACKs, Dups int
	Window                                     int
	Outcome                                    trace.Outcome
	Probe                                      bool
}

func seenOf(x *trace.Transfer) seen {
	return seen{x.Name, x.Requests, x.Blocks, x.Bytes, x.Again, x.ACKs, x.ACKsAgain, x.Window, x.Outcome, x.Probe()}
}

func TestTransfers(t *testing.T) {
	ask := packet{"listen", rrq("a", "octet", "blksize", "8", "tsize", "0")}
	grant := packet{"client", oack("blksize", "8", "tsize", "20")}
	tests := map[string]struct {
		packets []packet
		want    []seen
	}{
		"whole, with options": {
			[]packet{ask, grant, {"server", ack(0)}, {"client", data(1, 8)}, {"server", ack(1)}, {"client", data(2, 8)},
				{"server", ack(2)}, {"client", data(3, 4)}, {"server", ack(3)}},
			[]seen{{Name: "a", Requests: 1, Blocks: 3, Bytes: 20, ACKs: 4, Window: 1, Outcome: trace.Complete}},
		},
		"plain, last block empty": {
			[]packet{{"listen", rrq("b", "OCTET")}, {"client", data(1, 512)}, {"server", ack(1)}, {"client", data(2, 0)}, {"server", ack(2)}},
			[]seen{{Name: "b", Requests: 1, Blocks: 2, Bytes: 512, ACKs: 2, Window: 1, Outcome: trace.Complete}},
		},
		"last acknowledgement never comes": {
			[]packet{{"listen", rrq("b", "octet")}, {"client", data(1, 5)}},
			[]seen{{Name: "b", Requests: 1, Blocks: 1, Bytes: 5, Window: 1, Outcome: trace.LastSent}},
		},
		"asked again before the answer": {
			[]packet{ask, ask, grant, {"server", ack(0)}, {"client", data(1, 1)}, {"server", ack(1)}},
			[]seen{{Name: "a", Requests: 2, Blocks: 1, Bytes: 1, ACKs: 2, Window: 1, Outcome: trace.Complete}},
		},
		"lost block: the client says its acknowledgement again": {
			[]packet{ask, grant, {"server", ack(0)}, {"client", data(1, 8)}, {"server", ack(1)}, {"server", ack(1)},
				{"client", data(2, 1)}, {"server", ack(2)}},
			[]seen{{Name: "a", Requests: 1, Blocks: 2, Bytes: 9, ACKs: 4, Dups: 1, Window: 1, Outcome: trace.Complete}},
		},
		"lost acknowledgement: the server sends the block again": {
			[]packet{ask, grant, {"server", ack(0)}, {"client", data(1, 8)}, {"client", data(1, 8)}, {"server", ack(1)},
				{"client", data(2, 1)}, {"server", ack(2)}},
			[]seen{{Name: "a", Requests: 1, Blocks: 3, Bytes: 9, Again: 1, ACKs: 3, Window: 1, Outcome: trace.Complete}},
		},
		"a window of three": {
			[]packet{ask, grant, {"server", ack(0)}, {"client", data(1, 8)}, {"client", data(2, 8)}, {"client", data(3, 2)}, {"server", ack(3)}},
			[]seen{{Name: "a", Requests: 1, Blocks: 3, Bytes: 18, ACKs: 2, Window: 3, Outcome: trace.Complete}},
		},
		"size probe, then the read from the same port": {
			[]packet{ask, grant, {"server", tftpError(8, "User aborted the transfer")}, {"listen", rrq("a", "octet")},
				{"client", data(1, 3)}, {"server", ack(1)}},
			[]seen{
				{Name: "a", Requests: 1, Outcome: "client error 8 'User aborted the transfer'", Probe: true},
				{Name: "a", Requests: 1, Blocks: 1, Bytes: 3, ACKs: 1, Window: 1, Outcome: trace.Complete},
			},
		},
		"not there": {
			[]packet{ask, {"client", tftpError(1, "File not found")}},
			[]seen{{Name: "a", Requests: 1, Outcome: "server error 1 'File not found'"}},
		},
		"nobody answers": {
			[]packet{ask, ask, ask},
			[]seen{{Name: "a", Requests: 3, Outcome: trace.Unfinished}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFilm()
			for _, p := range tt.packets {
				f.add(p.frame())
			}
			var got []seen
			for _, x := range f.Transfers() {
				got = append(got, seenOf(x))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("transfers (-want +got):\n%s", diff)
			}
		})
	}
}

// Block numbers are 16 bits; files of 65,536 blocks and more begin again at 0.
func TestRollover(t *testing.T) {
	f := newFilm()
	f.add(udp4(client, listen, rrq("big", "octet", "blksize", "8")))
	f.add(udp4(server, client, oack("blksize", "8")))
	const blocks = 1<<16 + 10
	for n := 1; n <= blocks; n++ {
		size := 8
		if n == blocks {
			size = 0
		}
		f.add(udp4(server, client, data(uint16(n), size)))
		f.add(udp4(client, server, ack(uint16(n))))
	}
	want := seen{Name: "big", Requests: 1, Blocks: blocks, Bytes: 8 * (blocks - 1), ACKs: blocks, Window: 1, Outcome: trace.Complete}
	if diff := cmp.Diff(want, seenOf(only(t, f.Transfers()))); diff != "" {
		t.Errorf("transfer (-want +got):\n%s", diff)
	}
}
