// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import "errors"

func (s *Server) openPacket() error { return errors.ErrUnsupported }
