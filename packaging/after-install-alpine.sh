#!/bin/sh
# After installing and after an upgrade, for apk.
set -e
id bootlace >/dev/null 2>&1 || { addgroup -S bootlace && adduser -S -D -H -h /var/lib/bootlace -s /sbin/nologin -G bootlace bootlace; }
# Secrets are for the service alone: templates read them.
mkdir -p /etc/bootlace/secrets /var/lib/bootlace/images
chown root:bootlace /etc/bootlace/secrets
chmod 0750 /etc/bootlace/secrets
chown bootlace:bootlace /var/lib/bootlace /var/lib/bootlace/images
