// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// How often progress is shown: on a terminal, where the line is written over, and elsewhere.
const (
	redraw  = 200 * time.Millisecond
	newLine = 10 * time.Second
)

// meter tells how downloads go on: how much, how fast, how long still. It is safe for concurrent use.
type meter struct {
	out      io.Writer
	terminal bool
	now      func() time.Time

	mu     sync.Mutex
	files  map[string]part
	rate   float64 // bytes a second, smoothed
	before int64
	last   time.Time
	drawn  bool // there is a line to be written over
}

// part is one download.
type part struct{ have, total int64 }

func newMeter(out io.Writer, terminal bool, now func() time.Time) *meter {
	return &meter{out: out, terminal: terminal, now: now, files: make(map[string]part), last: now()}
}

// Update follows fetch.Fetcher.Progress.
func (p *meter) Update(url string, have, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, known := p.files[url]; !known || have < old.have {
		p.before += have - old.have // what was there before is not what came now
	}
	p.files[url] = part{have, total}
}

// Say writes a line of its own.
func (p *meter) Say(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	_, _ = fmt.Fprintln(p.out, text) // nowhere left to report to
}

// Start shows progress until the function that it gives is called.
func (p *meter) Start() (stop func()) {
	every := newLine
	if p.terminal {
		every = redraw
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.show()
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
		p.mu.Lock()
		defer p.mu.Unlock()
		p.clear()
	}
}

func (p *meter) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.files) == 0 {
		return
	}
	line := p.line()
	if !p.terminal {
		_, _ = fmt.Fprintln(p.out, line) // nowhere left to report to
		return
	}
	_, _ = fmt.Fprintf(p.out, "\r%s\x1b[K", line)
	p.drawn = true
}

// clear takes the line away that would be written over.
func (p *meter) clear() {
	if p.drawn {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
		p.drawn = false
	}
}

// line says how far it is. A total that one of the servers does not tell is not made up.
func (p *meter) line() string {
	var have, total int64
	known := true
	for _, f := range p.files {
		have, total = have+f.have, total+f.total
		known = known && f.total >= 0
	}
	p.measure(have)
	text := sizeText(have)
	if known && total > 0 {
		text = fmt.Sprintf("%3d%% %s of %s", 100*have/total, text, sizeText(total))
	}
	text += fmt.Sprintf(", %s/s", sizeText(int64(p.rate)))
	if known && p.rate > 1 && total > have {
		text += ", " + time.Duration(float64(total-have)/p.rate*float64(time.Second)).Round(time.Second).String() + " left"
	}
	return text
}

// measure smooths the rate over some seconds.
func (p *meter) measure(have int64) {
	now := p.now()
	seconds := now.Sub(p.last).Seconds()
	if seconds <= 0 {
		return
	}
	rate := max(float64(have-p.before)/seconds, 0)
	p.before, p.last = have, now
	if p.rate == 0 {
		p.rate = rate
		return
	}
	weight := min(seconds/3, 1)
	p.rate += weight * (rate - p.rate)
}
