// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"context"
	"errors"
	"io"
)

// StartRival starts another ProxyDHCP server, on a host of its own.
func (l *Lab) StartRival(ctx context.Context, log io.Writer) (*Process, error) {
	host, err := NewNamespace("rival")
	if err != nil {
		return nil, err
	}
	l.others = append(l.others, host)
	if err := l.plug(host, RivalAddr(), prefix6+"3"); err != nil {
		return nil, err
	}
	argv := rival()
	p, err := host.Start(log, argv[0], argv[1:]...)
	if err != nil {
		return nil, err
	}
	if err := host.WaitPorts(ctx, p, "udp/67", "udp/4011"); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}
