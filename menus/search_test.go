// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// A name of another machine is not answered, unless its key was taken out by somebody who knows whose it is.
func TestMeantFor(t *testing.T) {
	for path, want := range map[string]bool{
		"pxelinux.cfg/01-52-54-00-00-00-02": true, "pxelinux.cfg/default": true, "pxelinux.cfg/C0000201": true,
		"grub/grub.cfg-01-52-54-00-00-00-02": true, "52-54-00-00-00-02.ipxe": true,
		"pxelinux.cfg/graphics.conf": false, "grub.cfg-x": false,
	} {
		n, err := boot.ParseName(path)
		if err != nil {
			t.Fatal(err)
		}
		v := boot.Visit{Name: n, Client: boot.Client{MAC: hostMAC(1)}}
		if meantFor(v) != (n.By.Default) {
			t.Errorf("%s: meant for the machine = %v with its key", path, meantFor(v))
		}
		v.Name.By = boot.Search{}
		if meantFor(v) != want {
			t.Errorf("%s: meant for the machine = %v without its key, want %v", path, meantFor(v), want)
		}
	}
}
