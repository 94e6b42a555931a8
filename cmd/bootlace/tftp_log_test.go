// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/bootlace-net/bootlace/tftpd"
)

// TestTFTPLog has everything an operator wants in one structured line, in words.
func TestTFTPLog(t *testing.T) {
	from := netip.MustParseAddrPort("10.0.1.1:2000")
	for _, tt := range []struct {
		event tftpd.Event
		want  string
	}{
		{tftpd.Finished{Request: tftpd.Request{Name: "a", Remote: from}, Class: tftpd.EDK2, Outcome: tftpd.Complete, Bytes: 3000, Duration: time.Second,
			BlockSize: 1468, WindowSize: 4, RTT: time.Millisecond},
			`{"level":"info","client":"10.0.1.1:2000","name":"a","outcome":"complete","bytes":3000,"duration":1000,"blksize":1468,"windowsize":4,` +
				`"retransmits":0,"rtt":1,"class":"EDK2","message":"tftp"}`},
		{tftpd.Finished{Request: tftpd.Request{Name: "a", Remote: from}, Class: tftpd.EDK2, Outcome: tftpd.Probed, BlockSize: 1468, WindowSize: 4},
			`{"level":"info","client":"10.0.1.1:2000","name":"a","outcome":"UEFI size probe, normal","bytes":0,"duration":0,"blksize":1468,"windowsize":4,` +
				`"retransmits":0,"rtt":0,"class":"EDK2","message":"tftp"}`},
		{tftpd.Finished{Request: tftpd.Request{Name: "evil\x1b[2J\n", Remote: from}, Outcome: tftpd.Refused, Detail: "error 1: File not found (no such file)"},
			`{"level":"info","client":"10.0.1.1:2000","name":"evil[2J","outcome":"refused","detail":"error 1: File not found (no such file)","message":"tftp"}`},
		{tftpd.Finished{Request: tftpd.Request{Name: "a", Remote: from}, Outcome: tftpd.TimedOut, BlockSize: 512, WindowSize: 1, Retransmits: 9},
			`{"level":"warn","client":"10.0.1.1:2000","name":"a","outcome":"client fell silent","bytes":0,"duration":0,"blksize":512,"windowsize":1,` +
				`"retransmits":9,"rtt":0,"message":"tftp"}`},
		{tftpd.Refusals{Reason: tftpd.RequestRate, Count: 5, Total: 7, Latest: from},
			`{"level":"debug","client":"10.0.1.1:2000","reason":"request_rate","so_far":7,"message":"not answered"}`},
		{tftpd.SendFailures{Err: errors.New("no route"), Count: 1, Total: 1}, `{"level":"debug","error":"no route","so_far":1,"message":"could not send"}`},
		{tftpd.TooManyBlocks{Request: tftpd.Request{Name: "a", Remote: from}, Class: tftpd.GRUB, Size: 70000, Limit: 60000},
			`{"level":"warn","client":"10.0.1.1:2000","name":"a","class":"GRUB","size":70000,"limit":60000,` +
				`"message":"file has more than 65535 blocks: older versions of this client cannot load it"}`},
		{tftpd.UploadLeft{Err: errors.New("busy")}, `{"level":"warn","error":"busy","message":"an unfinished upload could not be removed"}`},
	} {
		var log bytes.Buffer
		tftpLog{zerolog.New(&log)}.event(tt.event)
		if got := strings.TrimSpace(log.String()); got != tt.want {
			t.Errorf("%+v\n got %s\nwant %s", tt.event, got, tt.want)
		}
	}
}
