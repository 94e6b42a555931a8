// SPDX-License-Identifier: Apache-2.0

package files_test

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/bootlace-net/bootlace/internal/files"
	"github.com/bootlace-net/bootlace/tftpd"
)

func Example() {
	dir, err := files.OpenDir("/srv/tftp")
	if err != nil {
		fmt.Println(err)
		return
	}
	s := &tftpd.Server{Opener: &files.Names{Opener: dir, FoldCase: true}, Addrs: []netip.AddrPort{netip.MustParseAddrPort("192.168.1.1:69")}}
	if err := s.Listen(); err != nil { // privileges can be dropped after this
		fmt.Println(err)
		return
	}
	fmt.Println(s.Serve(context.Background()))
}
