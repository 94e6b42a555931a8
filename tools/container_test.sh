#!/bin/sh
# Starts contrib/compose.yaml and contrib/kubernetes.yaml with an image that tools/packages.sh made, each in a network of its own beside dnsmasq on
# the same host, plays a PXE client against it, edits the configuration, and stops it. Usage: tools/container_test.sh IMAGE.tar BOOTLACE
# Needs root on Debian and what tools/deps.sh packages installs. Nothing of it is seen outside: podman keeps all in a directory of this test.
set -eu
image=$(realpath "$1") bootlace=$(realpath "$2")
cd "$(dirname "$0")/.."
# A mount namespace of its own: where the old and the new cgroups are both mounted, crun starts only without the new.
[ -n "${IN_OWN_MOUNTS:-}" ] || IN_OWN_MOUNTS=yes exec unshare --mount "$0" "$image" "$bootlace"
if [ -d /sys/fs/cgroup/unified ]; then umount /sys/fs/cgroup/unified; fi
work=$(mktemp -d /tmp/bootlace-container.XXXXXX)
net=bootlace-con$$
assume=""
pids=""
# Not "ip netns exec", which mounts a new /sys without cgroups.
pod() { nsenter --net=/run/netns/$net podman --root "$work/root" --runroot "$work/run" --storage-driver vfs --cgroup-manager cgroupfs "$@"; }
finish() {
	pod rm -fa -t 1 >/dev/null 2>&1 || :
	for p in $pids; do kill "$p" 2>/dev/null || :; done
	wait
	ip netns del $net 2>/dev/null || :
	ip netns del $net-pc 2>/dev/null || :
	umount -R "$work/root" "$work/run" 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
fail() { echo "container: FAILED: $*" >&2; pod logs bootlace >&2 2>/dev/null || pod logs bootlace-pod-bootlace >&2 || :; exit 1; }
say() { echo "container: $*"; }

printf '[containers]\ndefault_ulimits = ["nofile=%s:%s", "nproc=4096:4096"]\n[network]\nnetwork_config_dir = "%s/cni"\n' "$(ulimit -Hn)" "$(ulimit -Hn)" "$work" >"$work/containers.conf"
export CONTAINERS_CONF="$work/containers.conf"
ip netns add $net
ip netns add $net-pc
ip -n $net link add eth0 type veth peer name pc netns $net-pc
ip -n $net addr add 10.79.0.1/24 dev eth0
ip -n $net link set lo up
ip -n $net link set eth0 up
ip -n $net-pc link set pc address 52:54:00:12:34:56 up
printf 'port=0\ninterface=eth0\ndhcp-range=10.79.0.100,10.79.0.200,1h\n' >"$work/dnsmasq.conf"
ip netns exec $net dnsmasq -k -C "$work/dnsmasq.conf" -l "$work/leases" -u root --pid-file= 2>"$work/dnsmasq.log" &
dhcp=$!
pids="$pids $dhcp"

pod load -q -i "$image" >"$work/loaded" || fail "podman load"
pod tag "$(pod images -q | head -1)" localhost/bootlace:latest

# boots WHAT FILE: within half a minute a PC of this address is told to load the file.
boots() {
	for _ in $(seq 10); do
		ip netns exec $net-pc "$bootlace" probe $assume --client bios --wait 1s --no-fetch --interface pc --mac 52:54:00:12:34:56 >"$work/probe" 2>&1 && grep -q "$2" "$work/probe" && return 0
		sleep 1
	done
	cat "$work/probe" >&2
	fail "$1: the PC is not told to load $2"
}

say "compose.yaml"
mkdir -p "$work/etc/profiles" "$work/etc/hosts"
printf 'server: {interfaces: [eth0]}\n' >"$work/etc/bootlace.yaml"
printf 'local: true\n' >"$work/etc/profiles/disk.yaml"
printf 'hosts: [{name: node1, match: {mac: "52:54:00:12:34:56"}, profile: disk}]\n' >"$work/etc/hosts/a.yaml"
chmod -R a+rX "$work"
export BOOTLACE_CONFIG="$work/etc"
# podman in our directory; podman-compose of Debian 12 gives a container on the host's network another one besides, which podman refuses.
cat >"$work/podman" <<'POD'
#!/bin/sh
for word; do
	shift
	case "$word" in --net | --network-alias) skip=yes ;; *) [ -n "$skip" ] || set -- "$@" "$word"; skip= ;; esac
done
POD
printf 'exec podman --root %s/root --runroot %s/run --storage-driver vfs --cgroup-manager cgroupfs "$@"\n' "$work" "$work" >>"$work/podman"
chmod +x "$work/podman"
composed() { nsenter --net=/run/netns/$net podman-compose --podman-path "$work/podman" -f contrib/compose.yaml "$@" >"$work/compose.log" 2>&1 || { cat "$work/compose.log" >&2; fail "compose $1"; }; }
composed up -d
boots compose.yaml undionly.kpxe
pod exec bootlace bootlace machines list >"$work/machines" && grep -q node1 "$work/machines" || { cat "$work/machines" >&2; fail "machines list in the container"; }
printf 'hosts: [{name: renamed, match: {mac: "52:54:00:12:34:56"}, profile: disk}]\n' >"$work/etc/hosts/a.yaml"
for _ in $(seq 50); do pod logs bootlace 2>&1 | grep -q 'configuration reloaded' && break; sleep 0.1; done
pod logs bootlace 2>&1 | grep -q 'configuration reloaded' || fail "an edited configuration is not read"
composed down
[ -z "$(pod ps -aq)" ] || fail "it is still there"

say "kubernetes.yaml"
pod kube play contrib/kubernetes.yaml >"$work/kube.log" 2>&1 || { cat "$work/kube.log" >&2; fail "kube play"; }
boots kubernetes.yaml undionly.kpxe
pod kube down contrib/kubernetes.yaml >"$work/kube.log" 2>&1 || { cat "$work/kube.log" >&2; fail "kube down"; }

say "without capabilities"
pod run --rm --cap-drop ALL --network host localhost/bootlace version | grep -q '^bootlace' || fail "version needs capabilities"
pod run --rm --cap-drop ALL --network host -v "$work/etc:/etc/bootlace:ro" localhost/bootlace hosts list 2>/dev/null | grep -q renamed || fail "the mounted configuration is not read"
kill $dhcp
assume=--assume-dhcp
pod run --rm -d --name bootlace --cap-drop ALL --cap-add NET_BIND_SERVICE --network host -v "$work/etc:/etc/bootlace:ro" localhost/bootlace >/dev/null
boots "without CAP_NET_RAW" undionly.kpxe
pod stop -t 5 bootlace >/dev/null
say "all is well"
