// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"context"
	"errors"
	"io"
	"net/netip"
)

// StartDHCP starts a plain DHCP server on a host of the lab, with its files in dir.
func (n *Namespace) StartDHCP(ctx context.Context, dir string, me netip.Addr, o DHCPOptions, log io.Writer) (*Process, error) {
	argv, err := o.command(dir, me)
	if err != nil {
		return nil, err
	}
	p, err := n.Start(log, argv[0], argv[1:]...)
	if err != nil {
		return nil, err
	}
	if err := n.WaitPorts(ctx, p, o.Ports()...); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}
