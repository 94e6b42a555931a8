#!/bin/sh
# Runs the tests that compare internal/iso with Linux' own iso9660 and udf under Debian's kernel in QEMU, for hosts whose kernel has
# neither. The host's files are seen read-only below a file system in memory. Needs tools/deps.sh go lab, and root for the packages.
set -eu
GO=${GO:-go}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && package=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1) &&
	apt-get download -qq "$package" 2>/dev/null && dpkg-deb -x ./*.deb kernel)
"$GO" test -c -o "$work/iso.test" ./internal/iso

root=$work/initrd
mkdir -p "$root/bin" "$root/modules" "$root/proc" "$root/dev" "$root/host" "$root/memory" "$root/root"
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$work/iso.test" "$root/iso.test"
modules="virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci netfs fscache 9pnet 9pnet_virtio 9p overlay loop cdrom
	crc-itu-t nls_utf8 isofs udf"
for m in $modules; do
	find "$work/kernel" -name "$m.ko" -exec cp {} "$root/modules/" \;
done
cat >"$root/init" <<INIT
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
for m in $(echo $modules); do insmod /modules/\$m.ko; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose host /host
mount -t tmpfs tmpfs /memory
mkdir /memory/upper /memory/work
mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work overlay /root
mount --bind /dev /root/dev
mount -t proc proc /root/proc
mount -t sysfs sysfs /root/sys
mount -t tmpfs tmpfs /root/tmp
cp /iso.test /root/tmp/
chroot /root /usr/bin/env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp TMPDIR=/tmp /tmp/iso.test -test.run Linux -test.v
echo "mounts: exit \$?"
poweroff -f
INIT
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1 >"$work/initrd.gz")
timeout 900 qemu-system-x86_64 -M q35,accel=tcg -cpu max -smp 2 -m 1500 -nographic -no-reboot -nic none \
	-kernel "$work"/kernel/boot/vmlinuz-* -initrd "$work/initrd.gz" -append 'console=ttyS0 panic=-1 quiet' \
	-virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap </dev/null >"$work/log" 2>&1 || true
grep -aE '^ *(---|[a-z_]+\.go:)|^mounts:|NOT TESTED' "$work/log" || true
grep -aq '^mounts: exit 0' "$work/log" && ! grep -aq 'NOT TESTED' "$work/log" || { tail -n 30 "$work/log" >&2; exit 1; }
