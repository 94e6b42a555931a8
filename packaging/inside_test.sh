#!/bin/sh
# Runs in the fresh Debian of tools/packages_test.sh, under systemd: install, serve, upgrade, remove.
set -eu
fail() { echo "inside: FAILED: $*"; journalctl -u bootlace --no-pager -n 40 || :; exit 1; }
say() { echo "inside: $*"; }
export DEBIAN_FRONTEND=noninteractive

dpkg -i /old.deb
systemctl is-enabled bootlace && fail "it starts by itself, before anybody said for which network"
[ -d /var/lib/bootlace/images ] || fail "no directory for images"
[ "$(stat -c %a:%U:%G /etc/bootlace/secrets)" = 750:root:bootlace ] || fail "secrets are readable: $(stat -c %a:%U:%G /etc/bootlace/secrets)"
mkdir -p /var/lib/bootlace/images/debian
cp /kernel/* /var/lib/bootlace/images/debian/
sed -i 's/^  # interfaces: .*/  interfaces: [lan]/' /etc/bootlace/bootlace.yaml
cat >/etc/bootlace/profiles/debian.yaml <<'YAML'
kernel: debian/linux
initrd: [debian/initrd.gz]
cmdline: [console=ttyS0, 'token={{ secret "word" }}']
YAML
printf 'hosts:\n  - {name: pc, match: {mac: "52:54:00:00:77:01"}, profile: debian}\n' >/etc/bootlace/hosts/pc.yaml
printf 'from-the-package\n' >/etc/bootlace/secrets/word
chown root:bootlace /etc/bootlace/secrets/word
chmod 640 /etc/bootlace/secrets/word
bootlace check || fail "check"
# A key that only root can read, by the way of docs/service.md.
printf 'http: {tls: {listen: [":8443"], certificate: /etc/ssl/site.crt, key: /run/credentials/bootlace.service/site.key}}\n' >>/etc/bootlace/bootlace.yaml
mkdir /etc/systemd/system/bootlace.service.d
printf '[Service]\nLoadCredential=site.key:/etc/ssl/private/site.key\n' >/etc/systemd/system/bootlace.service.d/key.conf
systemctl enable --now bootlace
for _ in $(seq 100); do bootlace machines list >/dev/null 2>&1 && break; sleep 0.1; done
systemctl is-active bootlace || fail "not active"
pid=$(systemctl show -p MainPID --value bootlace)
[ "$(stat -c %U /proc/"$pid")" = bootlace ] || fail "it runs as $(stat -c %U /proc/"$pid")"
[ ! -L /var/lib/bootlace ] || fail "/var/lib/bootlace was moved"
systemctl reload bootlace || fail "reload"
[ "$(systemctl show -p MainPID --value bootlace)" = "$pid" ] || fail "a reload restarted it"
journalctl -u bootlace -o cat | grep -q 'https .*:8443' || fail "no HTTPS with a key that systemd handed over"
command -v kill >/dev/null && ! [ -x /bin/kill ] || say "procps is here, so the reload proves little"
say "installed and serving"
: >/share/serving
for _ in $(seq 600); do [ ! -e /share/booted ] || break; sleep 0.5; done
bootlace machines show pc | grep -q . || fail "the machine is not remembered"

version() { bootlace version | head -1; }
old=$(version)
dpkg -i /new.deb
[ "$(version)" != "$old" ] || fail "the version is still $old"
grep -q "interfaces: .lan" /etc/bootlace/bootlace.yaml || fail "the upgrade lost the configuration"
systemctl is-active bootlace || fail "not active after the upgrade"
[ "$(systemctl show -p MainPID --value bootlace)" != "$pid" ] || fail "the old program still runs"
for _ in $(seq 100); do bootlace machines show pc >/dev/null 2>&1 && break; sleep 0.1; done
bootlace machines show pc | grep -q . || fail "the upgrade lost the machines"
say "upgraded: $old -> $(version)"

dpkg -r bootlace
systemctl is-active bootlace && fail "it runs after it was removed"
[ -e /etc/bootlace/bootlace.yaml ] && [ -e /etc/bootlace/hosts/pc.yaml ] && [ -e /var/lib/bootlace/images/debian/linux ] && ls /var/lib/bootlace/*.db >/dev/null || fail "the removal took configuration or state"
say "removed; configuration and state are there"
