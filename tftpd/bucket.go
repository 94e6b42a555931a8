// SPDX-License-Identifier: Apache-2.0

package tftpd

// bucket is a token bucket.
type bucket struct {
	rate, burst float64 // per second; at most
	tokens      float64
	at          instant
	filled      bool
}

// take takes a token if there is one.
func (b *bucket) take(now instant) bool {
	if !b.filled {
		b.filled, b.tokens, b.at = true, b.burst, now
	}
	b.tokens = min(b.burst, b.tokens+float64(now-b.at)/1e9*b.rate)
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
