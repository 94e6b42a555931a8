// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/bootlace-net/bootlace/e2e/trace"
)

// lost are console texts after which a boot does not come to what is waited for.
func lost(c Case) []string {
	out := []string{
		`No bootable device`, `Kernel panic`, `X64 Exception Type`, `BdsDxe: No bootable option`, `grub> $`, `iPXE> $`,
		`boot: $`, `Shell> $`, `error: no server is specified`,
	}
	if c.Machine.Retry {
		out = out[1:]
	}
	if c.Disk == NoDisk { // with one, this is how the machine comes to it
		out = append(out, `No more network devices`)
	}
	return out
}

// watch waits for all that the console is to say, and types what the case types.
func (b *boot) watch(ctx context.Context) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	p := progress{at: time.Now()}
	w := watcher{c: b.c, token: b.token, keys: b.c.Keys, stdin: b.vm.Stdin}
	for {
		ended := b.vm.Ended() // asked before the console is read: the last words come first
		if err := b.adopt(ctx); err != nil {
			return err
		}
		done, err := w.look(b.console.Text())
		switch {
		case err != nil:
			return err
		case done:
			return b.hold(ctx)
		case ended:
			return errors.Join(fmt.Errorf("the machine ended (%s) before the console said %q", b.vm.Ending(), w.waiting), b.vm.Err())
		case b.c.Crash > 0 && !b.crashed && time.Since(b.began) > b.c.Crash:
			if err := b.crash(ctx); err != nil {
				return err
			}
		case b.plain.Ended():
			return errors.Join(errors.New("the plain DHCP server ended"), b.plain.Err())
		case b.server.Ended():
			return errors.Join(errors.New("bootlace ended"), b.server.Err())
		case time.Since(p.seen(time.Now(), len(b.console.Text()), b.heard())) > b.c.timeout():
			return fmt.Errorf("the console did not say %q, and nothing has happened for %v", w.waiting, b.c.timeout())
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the console did not say %q: %w", w.waiting, context.Cause(ctx))
		case <-tick.C:
		}
	}
}

// progress is how far a boot was seen to be. A busy machine makes every step slower, but steps there are.
type progress struct {
	at             time.Time
	console, bytes int
}

// advertisements is more than all the bytes that a network without a boot sees in the longest pause.
const advertisements = 64 << 10

// seen takes what there is now and says when there was something new last.
func (p *progress) seen(now time.Time, console, bytes int) time.Time {
	if console != p.console || bytes > p.bytes+advertisements {
		p.at, p.console, p.bytes = now, console, bytes
	}
	return p.at
}

// heard is how many bytes have passed the machine's port.
func (b *boot) heard() (n int) {
	b.capture.Look(func(t *trace.Trace) { n = t.Bytes })
	return n
}

// hold goes on watching for as long as the case wants, for what must not happen any more.
func (b *boot) hold(ctx context.Context) error {
	select {
	case <-time.After(b.c.Hold):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// watcher decides by the console's text how far a boot is.
type watcher struct {
	c       Case
	token   string
	keys    []Key
	typed   int // bytes of the text that the keys typed so far have been answers to
	stdin   io.Writer
	waiting string // the first pattern that is missing
}

func (w *watcher) look(text string) (done bool, err error) {
	if err := w.press(text); err != nil {
		return false, err
	}
	if w.waiting = w.missing(text); w.waiting == "" {
		return true, nil
	}
	for _, pattern := range lost(w.c) {
		if len(w.c.Keys) == 0 && w.c.Adopt == 0 && regexp.MustCompile(pattern).MatchString(text) {
			return false, fmt.Errorf("the console says %q instead of %q", pattern, w.waiting)
		}
	}
	return false, nil
}

func (w *watcher) missing(text string) string {
	for _, pattern := range w.c.Console {
		if p := w.c.fill(pattern, w.token); !regexp.MustCompile(p).MatchString(text) {
			return p
		}
	}
	return ""
}

func (w *watcher) press(text string) error {
	if len(w.keys) == 0 {
		return nil
	}
	at := regexp.MustCompile(w.keys[0].After).FindStringIndex(text[w.typed:])
	if at == nil {
		return nil
	}
	_, err := io.WriteString(w.stdin, w.c.fill(w.keys[0].Type, w.token))
	w.typed, w.keys = w.typed+at[1], w.keys[1:]
	return err
}
