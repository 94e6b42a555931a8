// SPDX-License-Identifier: Apache-2.0

package menus

// grubLocalBoot goes on with the disk. On UEFI, GRUB 2.06 ends with success whatever exit is told, and firmware takes
// that for the end of its search and shows its setup; so what the disk would have started is started from here, in the
// order from what an installed system calls its own to the place for removable media. Later versions of GRUB pass the 1
// on, and a BIOS goes on with its next device either way.
const grubLocalBoot = `function local_boot {
  echo "Bootlace: looking for what starts from the local disk"
  if [ "$grub_platform" = "efi" ]; then
    if [ "$grub_cpu" = "arm64" ]; then set efi_arch=aa64; elif [ "$grub_cpu" = "i386" ]; then set efi_arch=ia32; else set efi_arch=x64; fi
    for efi_dir in debian ubuntu fedora redhat centos rocky almalinux opensuse sles; do
      for efi_name in shim grub; do
        if search --no-floppy --file --set=root /EFI/$efi_dir/$efi_name$efi_arch.efi; then
          chainloader /EFI/$efi_dir/$efi_name$efi_arch.efi
          boot
        fi
      done
    done
    for efi_file in /EFI/Microsoft/Boot/bootmgfw.efi /EFI/BOOT/BOOT$efi_arch.EFI; do
      if search --no-floppy --file --set=root $efi_file; then
        chainloader $efi_file
        boot
      fi
    done
  fi
  exit 1
}
`
