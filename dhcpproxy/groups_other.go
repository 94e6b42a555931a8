// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package dhcpproxy

import "errors"

type groups struct{}

func newGroups() (*groups, error) { return nil, errors.ErrUnsupported }

func (g *groups) join(int) error { return errors.ErrUnsupported }

func (g *groups) close() error { return nil }
