#!/bin/sh
# After installing and after an upgrade, for deb and rpm.
set -e
if ! id bootlace >/dev/null 2>&1; then
	if command -v systemd-sysusers >/dev/null; then
		systemd-sysusers bootlace.conf
	else
		useradd --system --user-group --home-dir /var/lib/bootlace --no-create-home --shell /usr/sbin/nologin bootlace
	fi
fi
# Secrets are for the service alone: templates read them.
mkdir -p /etc/bootlace/secrets /var/lib/bootlace/images
chown root:bootlace /etc/bootlace/secrets
chmod 0750 /etc/bootlace/secrets
chown bootlace:bootlace /var/lib/bootlace /var/lib/bootlace/images
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart bootlace.service # an upgrade: machines in the middle of a boot ask again
fi
