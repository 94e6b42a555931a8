// SPDX-License-Identifier: Apache-2.0

package boot

import "testing"

func TestOptionalNames(t *testing.T) {
	for name, want := range map[string]bool{
		"m/52-54-00-00-00-01/pxelinux.cfg/01-52-54-00-00-00-02": true,
		"pxelinux.cfg/44454c4c-0000-1000-8000-000000000001":     true,
		"pxelinux.cfg/0A0000":                        true,
		"pxelinux.cfg/default-arm-bcm283x-rpi":       true,
		"pxelinux.cfg/default":                       false, // the last step: there is nothing behind it
		"/grub/grub.cfg-01-52-54-00-00-00-01":        true,
		"/grub/grub.cfg":                             false,
		"/grub/x86_64-efi/command.lst":               true,
		"boot/grub/i386-pc/fs.lst":                   true,
		"menu.lst":                                   false,
		"/grub/x86_64-efi/normal.mod":                false,
		"/grub/locale/de.mo":                         true,
		"m/52-54-00-00-00-01/revocations.efi":        true,
		"revocations_sbat.efi":                       true,
		"shim/shim_certificate_0.efi":                true,
		"grubx64.efi":                                false,
		"m/52-54-00-00-00-01/boot.ipxe":              false,
		"m/52-54-00-00-00-01/52-54-00-00-00-01.ipxe": false,
		"pxelinux.cfg/readme.txt":                    false,
		"m/52-54-00-00-00-01/boot-the-local-disk":    true, // it is sent there
		"linux": false,
	} {
		n, err := ParseName(name)
		if err != nil {
			t.Fatal(err)
		}
		if n.Optional() != want {
			t.Errorf("%s is optional: %v, want %v", name, !want, want)
		}
	}
}
