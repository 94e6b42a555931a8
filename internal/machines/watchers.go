// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"context"
	"sync"
)

// mostUnread is how many keys are kept for somebody who does not read them; more become one empty key.
const mostUnread = 65536

// Watchers hand the keys of changed records to all who watch. Who is slow keeps nobody waiting. The zero value is usable.
type Watchers struct {
	mu  sync.Mutex
	all map[*watcher]struct{}
}

// watcher keeps the keys that one has not read yet.
type watcher struct {
	mu     sync.Mutex
	order  []string
	unread map[string]struct{}
	more   chan struct{} // holds one when there are any
}

// Tell says that a record was changed.
func (w *Watchers) Tell(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for one := range w.all {
		one.add(key)
	}
}

// Watch follows [Store.Watch].
func (w *Watchers) Watch(ctx context.Context) <-chan string {
	one := &watcher{unread: make(map[string]struct{}), more: make(chan struct{}, 1)}
	w.mu.Lock()
	if w.all == nil {
		w.all = make(map[*watcher]struct{})
	}
	w.all[one] = struct{}{}
	w.mu.Unlock()
	out := make(chan string)
	go func() {
		defer close(out)
		one.pass(ctx, out)
		w.mu.Lock()
		delete(w.all, one)
		w.mu.Unlock()
	}()
	return out
}

func (o *watcher) add(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.order) >= mostUnread {
		o.order, o.unread, key = nil, make(map[string]struct{}), ""
	}
	if _, there := o.unread[key]; !there {
		o.unread[key] = struct{}{}
		o.order = append(o.order, key)
	}
	select {
	case o.more <- struct{}{}:
	default:
	}
}

// take gives all keys that are not read yet.
func (o *watcher) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	keys := o.order
	o.order, o.unread = nil, make(map[string]struct{})
	return keys
}

// pass hands keys over until ctx ends.
func (o *watcher) pass(ctx context.Context, out chan<- string) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.more:
		}
		for _, key := range o.take() {
			select {
			case <-ctx.Done():
				return
			case out <- key:
			}
		}
	}
}
