// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/tftpd"
)

// TestForgedRequestsAreSummarised: ten minutes of requests that somebody forges, a thousand a second, does not write a line for each, says
// how many there were, and takes no line from machines that answer.
func TestForgedRequestsAreSummarised(t *testing.T) {
	d := newDiary(boot.LevelInfo)
	request := func(after time.Duration, proved bool, outcome tftpd.Outcome) {
		e := FromTFTP(tftpd.Finished{Request: tftpd.Request{Name: "a", Remote: netip.MustParseAddrPort("192.0.2.1:69")}, Outcome: outcome, Proved: proved})
		e.Time = start.Add(after)
		d.Record(e)
	}
	const perSecond, seconds = 1000, 600
	for n := range perSecond * seconds {
		request(time.Duration(n)*time.Second/perSecond, false, []tftpd.Outcome{tftpd.Unanswered, tftpd.Refused, tftpd.Evicted}[n%3])
	}
	lines := d.lines()
	requests, left := 0, 0
	for _, l := range lines {
		n := 0
		if i := strings.Index(l, `"detail":"`); strings.Contains(l, "were left out") && i > 0 {
			fmt.Sscanf(l[i:], `"detail":"%d lines"`, &n)
		}
		left += n
		if strings.Contains(l, `"file":"a"`) {
			requests++
		}
	}
	if most := forgeableAtOnce + seconds*forgeablePerSecond; requests > most || len(lines)-requests > seconds/60+2 {
		t.Errorf("%d lines, %d of them about requests: want at most %d", len(lines), requests, most)
	}
	if all := requests + left; all < perSecond*(seconds-61) || all > perSecond*seconds {
		t.Errorf("the log tells of %d requests, there were %d", all, perSecond*seconds)
	}
	request(seconds*time.Second, true, tftpd.Complete)
	request(seconds*time.Second, true, tftpd.TimedOut)
	if got := d.lines(); len(got) < 2 || !strings.Contains(got[len(got)-1], tftpd.TimedOut.String()) || !strings.Contains(got[len(got)-2], tftpd.Complete.String()) {
		t.Errorf("of two transfers with a machine that answers it tells %q", got)
	}
}
