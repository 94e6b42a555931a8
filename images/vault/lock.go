// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// errBusy is the error of lockFile where another one has the file.
var errBusy = errors.New("another bootlace is at it")

// Waiting for a lock: how often it is tried, and for how long. Publishing takes as long as hashing what is published.
const (
	lockEvery = 50 * time.Millisecond
	lockFor   = 2 * time.Minute
)

// locked runs f while nobody else changes what is published. It waits for who does.
func (v *Vault) locked(ctx context.Context, f func() error) error {
	if err := v.prepare(); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(v.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // which unlocks it
	ctx, cancel := context.WithTimeout(ctx, lockFor)
	defer cancel()
	for {
		err := lockFile(file)
		if err == nil {
			return f()
		}
		if !errors.Is(err, errBusy) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w: wait for it to end, or end it", v.dir, errBusy)
		case <-time.After(lockEvery):
		}
	}
}
