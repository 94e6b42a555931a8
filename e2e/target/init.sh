#!/bin/busybox sh
# The whole of the target system: load the drivers, say what booted, and switch off, or start again when the command line
# says so; or, when it has install=URL, be an installer: write a system to the disk, ask for the URL, and restart.
bb=/bin/busybox
$bb mount -t proc proc /proc
$bb mount -t sysfs sysfs /sys
for m in $($bb cat /modules); do $bb insmod "/lib/modules/$m.ko" 2>/dev/null; done
i=0
while [ ! -e /sys/class/net/eth0/address ] && [ $i -lt 5 ]; do $bb sleep 1; i=$((i + 1)); done
mac=$($bb cat /sys/class/net/eth0/address 2>/dev/null || echo none)
$bb stty -onlcr 2>/dev/null
echo
[ ! -e /placed ] || echo "PLACED bytes=$($bb wc -c </placed)"
echo "BOOTED mac=$mac cmdline=$($bb cat /proc/cmdline)"
url=
for word in $($bb cat /proc/cmdline); do
	case $word in install=*) url=${word#install=} ;; esac
done
case " $($bb cat /proc/cmdline) " in *" again "*) # it must not go on to switch off, and says so if a restart is not to be had
	while :; do
		$bb reboot -f
		echo "NOT RESTARTED: $?"
		$bb sleep 1
	done ;;
esac
[ -n "$url" ] || $bb poweroff -f

$bb mount -t devtmpfs dev /dev
i=0
while [ ! -e /dev/sda ] && [ $i -lt 20 ]; do $bb sleep 1; i=$((i + 1)); done
# The tenth mebibyte counts how often this disk was installed.
n=$($bb dd if=/dev/sda bs=512 skip=18432 count=1 2>/dev/null | $bb tr -dc 0-9)
n=$((${n:-0} + 1))
$bb gunzip -c /disk.gz | $bb dd of=/dev/sda bs=64k 2>/dev/null
echo "$n" | $bb dd of=/dev/sda bs=512 seek=18432 conv=sync 2>/dev/null
$bb sync
echo "INSTALLED times=$n"
$bb ip link set eth0 up
$bb udhcpc -i eth0 -n -q -t 10 -T 1 -s /leased >/dev/null 2>&1
i=0
while [ $i -lt 20 ]; do
	answer=$($bb wget -q -O - "$url" 2>&1) && break
	$bb sleep 1
	i=$((i + 1))
done
echo "REPORTED answer=$answer"
$bb sync
$bb reboot -f
