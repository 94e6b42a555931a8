// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"net/netip"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func compareAddrPorts() cmp.Option {
	return cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })
}

func emptyIsNil() cmp.Option { return cmpopts.EquateEmpty() }
