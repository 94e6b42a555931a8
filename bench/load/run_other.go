// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package load

import (
	"context"
	"errors"
)

// Run is not available here: the generator needs recvmmsg, sendmmsg and IP_PKTINFO of Linux.
func Run(context.Context, Spec) (*Result, error) {
	return nil, errors.New("the load generator runs on Linux only (recvmmsg, sendmmsg, IP_PKTINFO)")
}
