// SPDX-License-Identifier: Apache-2.0

package e2e

import "github.com/bootlace-net/bootlace/e2e/target"

// imageCase is a machine whose profile says no more than which image it boots, and what is its own.
func imageCase(initrd string) Case {
	return Case{
		Name: "bios-ipxe-image", About: "SeaBIOS, iPXE ROM: `image: debian/12`, pulled from a signed mirror by its name -> kernel and initrd by HTTP",
		Client: ipxeROM, Machine: bios("virtio"), Console: []string{booted},
		Config: Config{
			Mirror:  [2]string{target.AMD64.Kernel(), initrd},
			Profile: "image: debian/12\ncmdline: [console=ttyS0, quiet, \"token={{ .vars.token }}\"]\n",
		},
		Story: []string{`^dhcp OFFER 10\.77\.0\.2`, `^http GET \S*\.ipxe 200`, `^http GET /m/{dash}/debian/12/linux 200`, `^http GET /m/{dash}/debian/12/initrd\.gz 200`},
		Never: []string{anyTFTP},
	}
}
