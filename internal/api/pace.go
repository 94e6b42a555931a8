// SPDX-License-Identifier: Apache-2.0

package api

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// How much one caller may ask over the network: what a program that lists 10,000 machines page after page, or a browser that follows a
// fleet, takes is far below it.
const (
	asksPerSecond, asksAtOnce = 50, 200
	callersRemembered         = 4096
)

// pace slows down callers that ask too much, each by itself.
type pace struct {
	mu  sync.Mutex
	all *simplelru.LRU[string, *rate.Limiter]
}

func newPace() *pace {
	all, _ := simplelru.NewLRU[string, *rate.Limiter](callersRemembered, nil) // fails only for a size that is not positive
	return &pace{all: all}
}

// allows takes a request of a caller into account. The error is a *Problem.
func (p *pace) allows(caller string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, ok := p.all.Get(caller)
	if !ok {
		l = rate.NewLimiter(asksPerSecond, asksAtOnce)
		p.all.Add(caller, l)
	}
	if l.Allow() {
		return nil
	}
	no := problem(http.StatusTooManyRequests, fmt.Sprintf("too many requests: %d in a second are answered", asksPerSecond))
	no.header = http.Header{"Retry-After": {"1"}}
	return no
}
