// SPDX-License-Identifier: Apache-2.0

package tftpd

import "sync"

// pool is a bounded set of workers with a bounded queue. Workers start when there is work and stay.
type pool struct {
	jobs chan func()
	max  int

	mu      sync.Mutex
	started int
	idle    int
	wg      sync.WaitGroup
}

func newPool(workers, queue int) *pool {
	return &pool{jobs: make(chan func(), queue), max: workers}
}

// do has job run by a worker; false when the queue is full.
func (p *pool) do(job func()) bool {
	p.mu.Lock()
	if len(p.jobs) >= p.idle && p.started < p.max {
		p.started++
		p.wg.Go(p.work)
	}
	p.mu.Unlock()
	select {
	case p.jobs <- job:
		return true
	default:
		return false
	}
}

func (p *pool) work() {
	for {
		p.count(1)
		job, ok := <-p.jobs
		p.count(-1)
		if !ok {
			return
		}
		job()
	}
}

func (p *pool) count(n int) {
	p.mu.Lock()
	p.idle += n
	p.mu.Unlock()
}

// close waits for what is queued. No more work may come.
func (p *pool) close() {
	close(p.jobs)
	p.wg.Wait()
}
