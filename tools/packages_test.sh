#!/bin/sh
# Tests what tools/packages.sh makes, as users would: the same bytes from two folders; lintian; the .deb in a fresh Debian with
# systemd (in a container of its own), started by its unit, a PC with real firmware booted against it, upgraded, removed; the
# container image in podman (tools/container_test.sh). Needs root on Debian and what tools/deps.sh packages installs.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "packages: run as root" >&2; exit 1; }
work=$(mktemp -d /tmp/bootlace-packages.XXXXXX)
net=bootlace-pkg$$
pids=""
finish() {
	for p in $pids; do kill "$p" 2>/dev/null || :; done
	wait
	ip netns del $net 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
fail() { echo "packages: FAILED: $*" >&2; exit 1; }
say() { echo "packages: $*"; }

say "built in two folders"
git clone -q . "$work/elsewhere"
sleep 2 # so that a time that is taken from a folder shows
git clone -q . "$work/here"
(cd "$work/here" && tools/packages.sh "$work/one" amd64 arm64 riscv64 >/dev/null)
(cd "$work/elsewhere" && tools/packages.sh "$work/two" amd64 >/dev/null)
count=$(find "$work/one" -name '*.deb' -o -name '*.rpm' -o -name '*.apk' | wc -l)
[ "$count" = 9 ] || fail "$count packages, not 9"
for file in "$work"/two/*amd64* "$work"/two/*x86_64*; do cmp "$file" "$work/one/${file##*/}" || fail "${file##*/} differs"; done
(cd "$work/one" && sha256sum --quiet -c SHA256SUMS) || fail "SHA256SUMS"
deb=$(echo "$work"/one/*_amd64.deb)

say "lintian and what the others hold"
lintian --allow-root --fail-on error "$deb" || fail lintian
for p in "$work"/one/*.rpm; do rpm -qpl "$p" 2>/dev/null | grep -q '^/usr/lib/systemd/system/bootlace.service$' || fail "$p holds no unit"; done
for p in "$work"/one/*.apk; do tar -tzf "$p" 2>/dev/null | grep -q '^etc/init.d/bootlace$' || fail "$p holds no service"; done
rpm -qp --configfiles "$work"/one/*x86_64.rpm 2>/dev/null | grep -q '^/etc/bootlace/bootlace.yaml$' || fail "rpm: the configuration is no configuration"
for f in "$work"/one/*.cdx.json; do grep -q '"bomFormat": "CycloneDX"' "$f" && grep -q undionly.kpxe "$f" && grep -q go.etcd.io/bbolt "$f" || fail "$f"; done

say "signed by a key"
minisign -G -W -f -p "$work/key.pub" -s "$work/key" >/dev/null
(cd "$work/elsewhere" && VERSION=0.0.1-next MINISIGN_KEY="$work/key" tools/packages.sh "$work/next" amd64 >/dev/null)
minisign -Vqm "$work/next/SHA256SUMS" -p "$work/key.pub" || fail "the signature"

say "exposure of the unit"
unit="$work/bootlace.service"
dpkg-deb --fsys-tarfile "$deb" | tar -xO ./lib/systemd/system/bootlace.service >"$unit"
systemd-analyze security --offline=true --threshold=20 --no-pager "$unit" | tail -1
systemd-analyze security --offline=true --threshold=20 --no-pager "$unit" >/dev/null || fail "more than 2.0"

tools/container_test.sh "$work/one/image.tar" "$work/one/bootlace-linux-amd64" || fail "the container image"

say "a fresh Debian with systemd"
root="$work/root"
mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,iproute2 "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root"
cp "$deb" "$root/old.deb"
cp "$work"/next/*.deb "$root/new.deb"
install -D /usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux "$root/kernel/linux"
install -D /usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/initrd.gz "$root/kernel/initrd.gz"
mkdir -p "$root/etc/ssl/private"
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=site -addext subjectAltName=IP:10.77.0.1 -keyout "$root/etc/ssl/private/site.key" -out "$root/etc/ssl/site.crt" 2>/dev/null
chmod 600 "$root/etc/ssl/private/site.key"
mkdir "$work/share"
install packaging/inside_test.sh "$root/inside.sh"
cat >"$root/etc/systemd/system/inside.service" <<UNIT
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c '/inside.sh >/share/log 2>&1; echo \$? >/share/rc; systemctl poweroff --force'
[Install]
WantedBy=multi-user.target
UNIT
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -s ../inside.service "$root/etc/systemd/system/multi-user.target.wants/"

ip netns add $net
ip -n $net link add lan type bridge
ip -n $net addr add 10.77.0.1/24 dev lan
ip -n $net link set lan up
ip -n $net tuntap add pc mode tap
ip -n $net link set pc master lan up
printf 'port=0\ninterface=lan\nbind-interfaces\ndhcp-range=10.77.0.100,10.77.0.200,1h\nlog-dhcp\n' >"$work/dnsmasq.conf"
ip netns exec $net dnsmasq -k -C "$work/dnsmasq.conf" -l "$work/leases" -u root --pid-file= 2>"$work/dnsmasq.log" &
pids="$pids $!"
# systemd-nspawn asks a system bus, which a container that runs this test may not have: it gets one of its own.
unshare --mount --pid --fork --kill-child --mount-proc sh -c '
	mkdir -p /run/dbus && mount -t tmpfs tmpfs /run/dbus && dbus-daemon --system --fork &&
	exec systemd-nspawn --quiet --register=no --keep-unit --boot --console=read-only --network-namespace-path=/run/netns/'$net' --bind='"$work"'/share:/share -D '"$root" </dev/null >"$work/console" 2>&1 &
nspawn=$!
pids="$pids $nspawn"
await() {
	for _ in $(seq 240); do
		[ ! -e "$work/share/$1" ] || return 0
		[ ! -e "$work/share/rc" ] || break
		kill -0 $nspawn 2>/dev/null || break
		sleep 0.5
	done
	cat "$work/console" "$work/share/log" >&2 || :
	fail "nothing came of: $1"
}
await serving
say "the unit serves; a PC is switched on"
timeout 150 ip netns exec $net qemu-system-x86_64 -m 512 -nographic -no-reboot -netdev tap,id=n,ifname=pc,script=no,downscript=no \
	-device virtio-net-pci,netdev=n,mac=52:54:00:00:77:01 -boot n >"$work/serial" 2>&1 </dev/null &
pc=$!
pids="$pids $pc"
for _ in $(seq 300); do
	grep -aq 'token=from-the-package' "$work/serial" && break
	kill -0 $pc 2>/dev/null || break
	sleep 0.5
done
grep -aq 'Command line: .*token=from-the-package' "$work/serial" || { tail -c 3000 "$work/serial" >&2; cat "$work/share/log" >&2; fail "the PC did not boot"; }
kill $pc
: >"$work/share/booted"
await rc
[ "$(cat "$work/share/rc")" = 0 ] || { cat "$work/share/log" >&2; fail "in the fresh Debian"; }
grep '^inside:' "$work/share/log"
say "all is well"
