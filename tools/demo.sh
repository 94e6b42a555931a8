#!/bin/sh
# Boots a virtual PC with Bootlace, from a YAML profile to a running Linux kernel, in network namespaces of its own.
# Needs root on Debian; installs what is missing. Usage: tools/demo.sh [CASE], tools/demo.sh cases
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "demo: run as root: it makes network namespaces" >&2; exit 1; }
tools/deps.sh go lab
export CGO_ENABLED=0
case "${1:-}" in
cases) exec go run ./e2e/cmd/lab cases ;;
*) exec go run ./e2e/cmd/lab boot "${1:-uefi-ipxe}" ;;
esac
