// SPDX-License-Identifier: Apache-2.0

package memstore_test

import (
	"testing"

	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/memstore"
	"github.com/bootlace-net/bootlace/internal/machines/storetest"
)

func TestContract(t *testing.T) {
	storetest.Store(t, func(*testing.T) storetest.Place {
		s := &memstore.Store{}
		return storetest.Place{Open: func(*testing.T) machines.Store { return s }, Close: func(*testing.T, machines.Store) {}}
	})
	storetest.Archive(t, func(*testing.T) machines.Archive { return &memstore.Store{} })
}
