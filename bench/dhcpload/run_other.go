// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package dhcpload

import (
	"context"
	"errors"
)

// Run is not available here: the generator needs recvmmsg, sendmmsg and SO_BINDTODEVICE of Linux.
func Run(context.Context, Spec) (*Result, error) {
	return nil, errors.New("the load generator runs on Linux only (recvmmsg, sendmmsg, SO_BINDTODEVICE)")
}
