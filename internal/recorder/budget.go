// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"

	"github.com/bootlace-net/bootlace/boot"
)

// What one machine may say about DHCP in a minute. A boot takes about six lines.
const linesPerMinute = 20

// What all machines together may say: so much in a second once a first burst is used up. There is room for thousands that
// boot at the same time, but not for somebody who invents an address for every packet.
const (
	dhcpPerSecond, dhcpAtOnce     = 100, 20000
	filesPerSecond, filesAtOnce   = 1000, 20000
	othersPerSecond, othersAtOnce = 10, 1000

	forgeablePerSecond, forgeableAtOnce = 10, 5000 // requests that cost nobody more than a packet each

	strangersPerMinute             = 500
	machinesRemembered, saidAtOnce = 65536, 65536
	againFull                      = time.Minute
)

// budget knows what was said lately, so that nothing is said too often.
type budget struct {
	mu      sync.Mutex
	seed    maphash.Seed
	said    *simplelru.LRU[saying, time.Time]
	minutes minutes

	dhcp, files, forgeable, strangers, others share
}

// saying is a text and the machine that it is about.
type saying struct {
	about boot.MAC
	text  uint64
}

func newBudget() *budget {
	b := &budget{
		seed:      maphash.MakeSeed(),
		dhcp:      shareOf(dhcpPerSecond, dhcpAtOnce, "DHCP", "bootlace_dhcp_packets_total"),
		files:     shareOf(filesPerSecond, filesAtOnce, "files", "bootlace_tftp_transfers_total, bootlace_http_requests_total"),
		forgeable: shareOf(forgeablePerSecond, forgeableAtOnce, "requests for files from addresses where nobody answered", "bootlace_tftp_transfers_total"),
		strangers: shareOf(rate.Every(time.Minute/strangersPerMinute), strangersPerMinute, "", ""),
		others:    shareOf(othersPerSecond, othersAtOnce, "", ""),
	}
	b.said, _ = simplelru.NewLRU[saying, time.Time](saidAtOnce, nil) // fails only for a size that is not positive
	return b
}

// allows reports whether there is a line for an event, and what is to be said of those that got none.
func (b *budget) allows(e *boot.Event) (ok bool, left []boot.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	left = b.owed(e.Time)
	all := b.share(e)
	if all.TokensAt(e.Time) < 1 { // in a flood nothing more is looked up
		return false, append(left, all.full(e.Time)...)
	}
	if e.Once > 0 && !b.due(e.Client.Key(), e) {
		return false, left
	}
	if e.Kind == boot.EventDHCP {
		ok, omitted := b.minutes.line(e.Client.Key(), e.Time)
		if omitted > 0 {
			left = append(left, boot.Event{Time: e.Time, Kind: boot.EventNotice, Level: boot.LevelWarn, Client: e.Client, Exchange: &boot.Exchange{},
				Text: "this machine asks very often: lines were left out", Detail: fmt.Sprintf("%d lines", omitted)})
		}
		if !ok {
			return false, left
		}
	}
	all.AllowN(e.Time, 1)
	b.say(e.Client.Key(), e)
	return true, left
}

// share gives that of an event.
func (b *budget) share(e *boot.Event) *share {
	switch e.Kind {
	case boot.EventDHCP:
		return &b.dhcp
	case boot.EventFile, boot.EventInventory:
		if e.Transfer != nil && e.Transfer.Unproved {
			return &b.forgeable
		}
		return &b.files
	case boot.EventUnknown:
		return &b.strangers
	default:
		return &b.others
	}
}

// owed gives what is to be said by now of lines that were left out.
func (b *budget) owed(now time.Time) (left []boot.Event) {
	for _, s := range []*share{&b.dhcp, &b.files, &b.forgeable} {
		left = append(left, s.owed(now)...)
	}
	return left
}

// due reports whether an event's text was not said within its time.
func (b *budget) due(about boot.MAC, e *boot.Event) bool {
	at, ok := b.said.Get(b.saying(about, e))
	return !ok || e.Time.Sub(at) >= e.Once
}

// say takes note that an event's text is said.
func (b *budget) say(about boot.MAC, e *boot.Event) {
	if e.Once > 0 {
		b.said.Add(b.saying(about, e), e.Time)
	}
}

// saying is the same for all events that say the same. What is about the network is so whichever machine it was seen by.
func (b *budget) saying(about boot.MAC, e *boot.Event) saying {
	if e.Kind == boot.EventNetwork {
		about = boot.MAC{}
	}
	return saying{about, maphash.String(b.seed, e.Text)}
}
