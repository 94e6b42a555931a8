// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/tftpd"
)

// TestTFTPLines has everything an operator wants in one structured line, in words.
func TestTFTPLines(t *testing.T) {
	from := netip.MustParseAddrPort("10.0.1.1:2000")
	for _, tt := range []struct {
		event tftpd.Event
		want  string
	}{
		{tftpd.Finished{Request: tftpd.Request{Name: "a", Remote: from}, Class: tftpd.EDK2, Outcome: tftpd.Complete, Bytes: 3000, Duration: time.Second,
			BlockSize: 1468, WindowSize: 4, RTT: time.Millisecond},
			`{"level":"info","step":"tftp","ip":"10.0.1.1","file":"a","outcome":"complete","bytes":3000,"blksize":1468,"windowsize":4,` +
				`"retransmits":0,"rtt":"1ms","took":"1s","class":"EDK2","message":"a"}`},
		{tftpd.Finished{Request: tftpd.Request{Name: "a", Remote: from}, Class: tftpd.EDK2, Outcome: tftpd.Probed, BlockSize: 1468, WindowSize: 4},
			`{"level":"info","step":"tftp","ip":"10.0.1.1","file":"a","outcome":"UEFI size probe, normal","bytes":0,"blksize":1468,"windowsize":4,` +
				`"retransmits":0,"rtt":"0s","took":"0s","class":"EDK2","message":"a"}`},
		{tftpd.Finished{Request: tftpd.Request{Name: "evil\x1b[2J\n", Remote: from}, Outcome: tftpd.Refused, Detail: "error 1: File not found (no such file)"},
			`{"level":"warn","step":"tftp","ip":"10.0.1.1","file":"evil?[2J?","outcome":"refused","detail":"error 1: File not found (no such file)","message":"evil?[2J?"}`},
		{tftpd.Finished{Request: tftpd.Request{Name: "revocations.efi", Remote: from}, Outcome: tftpd.Refused, Code: tftpd.CodeNotFound, Detail: "file does not exist"},
			`{"level":"info","step":"tftp","ip":"10.0.1.1","file":"revocations.efi","outcome":"not there, which is ordinary","message":"revocations.efi"}`},
		{tftpd.Finished{Request: tftpd.Request{Name: "pxelinux.cfg/default", Remote: from}, Outcome: tftpd.Refused, Code: tftpd.CodeNotFound, Detail: "file does not exist"},
			`{"level":"warn","step":"tftp","ip":"10.0.1.1","file":"pxelinux.cfg/default","outcome":"refused","detail":"file does not exist","message":"pxelinux.cfg/default"}`},
		{tftpd.Finished{Request: tftpd.Request{Name: "revocations.efi", Remote: from}, Outcome: tftpd.Refused, Code: tftpd.CodeAccess, Detail: "permission denied"},
			`{"level":"warn","step":"tftp","ip":"10.0.1.1","file":"revocations.efi","outcome":"refused","detail":"permission denied","message":"revocations.efi"}`},
		{tftpd.Finished{Request: tftpd.Request{Name: "a", Remote: from}, Outcome: tftpd.TimedOut, BlockSize: 512, WindowSize: 1, Retransmits: 9},
			`{"level":"warn","step":"tftp","ip":"10.0.1.1","file":"a","outcome":"client fell silent","bytes":0,"blksize":512,"windowsize":1,` +
				`"retransmits":9,"rtt":"0s","took":"0s","message":"a"}`},
		{tftpd.Refusals{Reason: tftpd.RequestRate, Count: 5, Total: 7, Latest: from},
			`{"level":"debug","step":"tftp","ip":"10.0.1.1","detail":"request_rate, 7 so far","message":"not answered"}`},
		{tftpd.SendFailures{Err: errors.New("no route"), Count: 1, Total: 1}, `{"level":"debug","step":"tftp","detail":"no route, 1 so far","message":"could not send"}`},
		{tftpd.TooManyBlocks{Request: tftpd.Request{Name: "a", Remote: from}, Class: tftpd.GRUB, Size: 70000, Limit: 60000},
			`{"level":"warn","step":"tftp","ip":"10.0.1.1","file":"a","class":"GRUB","detail":"70000 bytes; with this block size at most 60000",` +
				`"message":"file has more than 65535 blocks: older versions of this client cannot load it"}`},
		{tftpd.PortsShared{Err: errors.New("too many open files"), Count: 1, Total: 3}, `{"level":"warn","step":"tftp","detail":"too many open files, 3 so far",` +
			`"message":"no port could be opened for a transfer: it shares one; raise the limit of open files"}`},
		{tftpd.UploadLeft{Err: errors.New("busy")}, `{"level":"warn","step":"tftp","detail":"busy","message":"an unfinished upload could not be removed"}`},
	} {
		var log bytes.Buffer
		New(Log{Out: &log, Level: boot.LevelDebug, NoTime: true}, nil, time.Now).Record(FromTFTP(tt.event))
		if got := strings.TrimSpace(log.String()); got != tt.want {
			t.Errorf("%+v\n got %s\nwant %s", tt.event, got, tt.want)
		}
	}
}
