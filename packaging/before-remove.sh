#!/bin/sh
# Before removing; not before an upgrade (deb: "upgrade", rpm: "1").
set -e
case "${1:-remove}" in
	remove | 0)
		[ ! -d /run/systemd/system ] || systemctl disable --now bootlace.service ;;
esac
