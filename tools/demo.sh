#!/bin/sh
# Boots a virtual PC with Bootlace, from a YAML profile to a running Linux kernel, in network namespaces of its own.
# Needs root on Debian; installs what is missing. Usage: tools/demo.sh [CASE], tools/demo.sh cases
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "demo: run as root: it makes network namespaces" >&2; exit 1; }
echo "demo: looking for QEMU, firmware and Go; what is missing is installed, which may take minutes the first time"
tools/deps.sh go lab
export CGO_ENABLED=0
[ "${1:-}" != cases ] || exec go run ./e2e/cmd/lab cases
name=${1:-uefi-ipxe}
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
trap 'exit 130' INT TERM
echo "demo: building"
go build -o "$lab/lab" ./e2e/cmd/lab
echo "demo: this is all that Bootlace is told:"
echo
"$lab/lab" show "$name"
cat <<TEXT
demo: now a virtual PC with real firmware and no disk is switched on, in a network of its own: a plain DHCP server that knows
demo: nothing of booting, Bootlace beside it, and the PC. Below is its serial console; without KVM it takes half a minute.

TEXT
if ! "$lab/lab" boot "$name"; then
	echo "demo: that was not as it should be; above are the console, Bootlace's log and the packets" >&2
	exit 1
fi
cat <<TEXT

demo: the steps above were seen on the wire. The token in the kernel's command line stands only in the YAML of this one
demo: machine's MAC address: it went from there through firmware and loader to the kernel. Nothing is left running.
demo: more machines: tools/demo.sh cases
TEXT
