// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"testing"

	"github.com/bootlace-net/bootlace/configs"
)

// TestDefaults: an address is kept as long as the configuration file says of one that says nothing.
func TestDefaults(t *testing.T) {
	if got, want := New(Options{}).keep, configs.DefaultSettings().DHCP.TTL; got != want {
		t.Errorf("%v, want %v", got, want)
	}
}
