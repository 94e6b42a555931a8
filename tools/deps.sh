#!/bin/sh
# Installs from Debian what the tests, the firmware lab and the benchmarks need. Usage: tools/deps.sh [go] [lab] [bench] [packages]
# Services that packages would start are kept from starting; nothing but packages is changed.
set -eu
want=" ${*:-go lab bench packages} "

packages=""
case "$want" in *" go "*)
	command -v go >/dev/null 2>&1 || packages="$packages golang-go"
	command -v npm >/dev/null 2>&1 || packages="$packages npm"
	packages="$packages ca-certificates git make gcc libc6-dev u-boot-tools gnupg gpgv minisign openssl
		sbsigntool pesign osslsigncode efitools socat jq shim-signed grub-efi-amd64-signed
		xorriso genisoimage udftools p7zip-full grub-common chromium" ;;
esac
case "$want" in *" lab "*)
	packages="$packages qemu-system-x86 seabios ovmf ipxe-qemu pxelinux syslinux-common syslinux-efi grub-efi-amd64-signed shim-signed
		qemu-system-arm qemu-efi-aarch64 u-boot-qemu debian-installer-12-netboot-arm64
		debian-installer-12-netboot-amd64 isc-dhcp-server dnsmasq-base nftables iproute2
		atftp tftp-hpa curl xorriso busybox-static cpio dosfstools mtools openipmi openssl kea-dhcp4-server kea-dhcp6-server" ;;
esac
case "$want" in *" bench "*)
	packages="$packages dnsmasq-base tftpd-hpa iproute2 nftables libwrap0 libpcre2-8-0 nginx-light" ;;
esac
case "$want" in *" packages "*)
	packages="$packages lintian rpm minisign libcap2-bin systemd-container mmdebstrap dbus podman podman-compose crun catatonit netavark" ;;
esac

missing=""
for p in $packages; do
	dpkg-query -W -f='${Status}\n' "$p" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $p"
done
if [ -n "$missing" ]; then
	[ "$(id -u)" = 0 ] || { echo "deps: these packages are missing; run as root: apt-get install$missing" >&2; exit 1; }
	policy=/usr/sbin/policy-rc.d
	if [ ! -e $policy ]; then
		printf '#!/bin/sh\nexit 101\n' >$policy
		chmod +x $policy
		trap 'rm -f /usr/sbin/policy-rc.d' EXIT
	fi
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	# shellcheck disable=SC2086 # a list of package names
	apt-get install -y -qq --no-install-recommends $missing >/dev/null
	echo "deps: installed$missing"
fi

# atftpd conflicts with tftpd-hpa as a package; only its program is needed beside it.
case "$want" in *" bench "*)
	if ! command -v atftpd >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
		unpacked=$(mktemp -d)
		(cd "$unpacked" && { apt-get download -qq atftpd 2>/dev/null || { apt-get update -qq && apt-get download -qq atftpd; }; } && dpkg-deb -x atftpd_*.deb . &&
			install usr/sbin/atftpd /usr/local/sbin/atftpd)
		rm -rf "$unpacked"
		echo "deps: unpacked atftpd to /usr/local/sbin"
	fi ;;
esac

case "$want" in *" go "*)
	go version >/dev/null 2>&1 || { echo "deps: no working go command in PATH" >&2; exit 1; }
	# Go from 1.21 on fetches the toolchain that go.mod names; older ones cannot even read it.
	minor=$(go env GOVERSION | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
	[ "${minor:-0}" -ge 21 ] || { echo "deps: $(go version) is too old: install Go 1.21 or newer and put it first in PATH" >&2; exit 1; } ;;
esac
