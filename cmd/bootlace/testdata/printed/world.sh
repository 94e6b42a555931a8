# Runs printed commands where they make sense: an appliance with hosts, images and machines that were seen, and a second host in
# its network. Started in a mount and a network namespace of its own: sh world.sh CHECKOUT COMMANDS, in an empty directory. A line of
# COMMANDS is an exit code, where the command is run, and the command, as commands.txt says it.
set -eu
checkout=$1 commands=$2 work=$(pwd)
mkdir root cwd
cp -a /etc root/etc
mkdir -p root/etc/bootlace/secrets
mount --bind root/etc /etc
for d in /var/lib /var/log /var/backups /srv /run /boot; do [ -d $d ] && mount -t tmpfs tmpfs $d; done
mkdir -p /srv/tftp /srv/uploads/backup /srv/uploads/logs /run/bootlace /run/netns /var/lib/bootlace/images /srv/bootlace
chown -R nobody /srv/uploads /var/lib/bootlace
unshare --net sleep 600 &
second=$!
pids=$second
finish() { for p in $pids; do kill "$p" 2>/dev/null || :; done; }
trap finish EXIT
until [ "$(readlink /proc/$second/ns/net)" != "$(readlink /proc/self/ns/net)" ] 2>/dev/null; do sleep 0.05; done
ip link set lo up
ip link add eth0 type veth peer name far0
ip link add eth1 type veth peer name far1
ip link set far0 netns $second name eth0
ip addr add 192.168.1.1/24 dev eth0
ip addr add 192.0.2.10/24 dev eth1
ip addr add fd98::1/64 dev eth0 nodad
ip addr add fe80::1/64 dev eth0 nodad
ip link set eth0 up
ip link set eth1 up
there() { nsenter --net=/proc/$second/ns/net -- "$@"; }
there ip link set lo up
there ip link set eth0 address 52:54:00:00:00:02 up
there ip addr add 192.168.1.50/24 dev eth0
there ip addr add fd98::50/64 dev eth0 nodad

# The site's DHCP server.
printf 'port=0\ninterface=eth0\ndhcp-range=192.168.1.100,192.168.1.200,1h\ndhcp-range=fd98::100,fd98::200,64,1h\nenable-ra\n' >dnsmasq.conf
dnsmasq -k -C dnsmasq.conf -l leases -u root --pid-file= 2>dnsmasq.log &
pids="$pids $!"

# The configuration, in /etc/bootlace and wherever the documents say.
cp "$checkout"/cmd/bootlace/testdata/printed/etc/bootlace.yaml /etc/bootlace/
cp -r "$checkout"/cmd/bootlace/testdata/printed/etc/hosts "$checkout"/cmd/bootlace/testdata/printed/etc/profiles /etc/bootlace/
kernel=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64
mkdir /var/lib/bootlace/images/debian
cp $kernel/linux $kernel/initrd.gz /var/lib/bootlace/images/debian/
cp -r /etc/bootlace/. /srv/bootlace/
cd cwd
cp -r /etc/bootlace c
cp -r /etc/bootlace etc
cp -r "$checkout/configs" configs
cp /etc/bootlace/hosts/lab.yaml hosts.yaml
cp $kernel/linux vmlinuz
cp $kernel/linux /boot/vmlinuz
printf '#!ipxe\nchain http://192.168.1.1:8080/boot.ipxe\n' >first.ipxe
mkdir images
echo hostname switch1 >switch1.cfg
echo x >/var/lib/bootlace/images/pxelinux.0
mkdir /etc/bootlace/secrets/install
for secret in root-password windows-password talos-token; do echo word >/etc/bootlace/secrets/$secret; done
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=db -keyout db.key -out db.pem 2>/dev/null
openssl x509 -in db.pem -outform DER -out db.der
cert-to-efi-sig-list db.pem db-machine7.esl
mkdir -p live/live live/boot/grub live/.disk
echo squashfs >live/live/filesystem.squashfs
cp $kernel/linux live/live/vmlinuz
cp $kernel/initrd.gz live/live/initrd.img
echo 'Debian GNU/Linux 12.7.0 "Bookworm" - Official amd64 standard' >live/.disk/info
printf 'menuentry "Live" {\n linux /live/vmlinuz boot=live components quiet\n initrd /live/initrd.img\n}\n' >live/boot/grub/grub.cfg
xorriso -as mkisofs -quiet -r -J -V 'd-live 12.7.0 st amd64' -o live.iso live 2>/dev/null
for name in rescue ubuntu-24.04.1-live-server-amd64 debian-12.7.0-amd64-netinst; do cp live.iso $name.iso; done
genisoimage -quiet -udf -o windows.iso live 2>/dev/null
printf '192.0.2.10 boot.example.com\n127.0.0.1 localhost\n' >/etc/hosts
cat >/var/log/bootlace.json <<'LOG'
{"level":"info","mac":"52:54:00:77:77:01","arch":"uefi-x64","message":"a machine that no host or group names"}
LOG

# The appliance, a machine that waits, and one that came.
bootlace api init --host boot.example.com --host 192.0.2.10 >api-init.txt 2>&1
bootlace api token add program --role admin >ci.token
RUNTIME_DIRECTORY=/run/bootlace bootlace serve >serve.log 2>&1 &
appliance=$!
pids="$pids $appliance"
for _ in $(seq 100); do [ -S /run/bootlace/api.sock ] && break; sleep 0.1; done
curl -sfo ipxe.efi http://192.168.1.1:8080/ipxe.efi || { cat serve.log; echo 'FAIL: no ipxe.efi'; exit 1; }
bootlace machines list >/dev/null || { cat serve.log; echo 'FAIL: the appliance does not serve'; exit 1; }

socat TCP-LISTEN:8090,bind=127.0.0.1,fork,reuseaddr UNIX-CONNECT:/run/bootlace/api.sock & # as "ssh -L" does
pids="$pids $!"
for name in debian/12 my/4; do bootlace images pull kernel=./vmlinuz --name $name --trust-on-first-use >out 2>&1 || cat out; done

# before COMMAND makes what it needs: what it reads from standard input (the file in), and what can be had once only.
newcomers=16
before() {
	: >in
	case "$1" in
	*'user add'*) printf 'a long password\na long password\n' >in ;;
	*'put 192.168.1.1 logs'*) echo 'hello from the second host' >in ;;
	*'hosts adopt'* | *'hosts unknown'*) cp /var/log/bootlace.json in ;;
	*'api init --renew'*) ;;
	*'api init'*) rm -f /var/lib/bootlace/api-ca.* /var/lib/bootlace/api.crt /var/lib/bootlace/api.key api-ca.* api.crt api.key ;;
	*'machines adopt'*'--name'*)
		newcomers=$((newcomers + 1))
		curl -sf http://192.168.1.1:8080/m/52-54-00-77-00-$newcomers/boot.ipxe >/dev/null
		CODE=$(bootlace machines waiting --json | jq -r '.waiting[-1].code')
		export CODE
		rm -f /var/lib/bootlace/hosts/adopted.yaml
		sleep 2.5 ;; # until the configuration is read without it
	*'--config configs/'*) rm -f /var/lib/bootlace/hosts/adopted.yaml ;; # which has hosts of another configuration
	*'machines restore'*) bootlace machines backup /var/backups/machines.db >/dev/null 2>&1 || : ;;
	esac
}

# without ends the appliance, for commands that want its ports or its records.
without() { kill $appliance 2>/dev/null || :; wait $appliance 2>/dev/null || :; }

bad=0
while read -r want where command; do
	before "$command"
	got=0
	case $where in
	.) timeout 40 sh -c "$command" >out 2>&1 <in || got=$? ;;
	@) there timeout 60 sh -c "$command" >out 2>&1 <in || got=$? ;;
	:) without && { timeout 20 sh -c "$command" >out 2>&1 <in || got=$?; } ;;
	'&' | +)
		[ "$where" = '&' ] || without
		: >out
		sh -c "exec $command" >out 2>&1 </dev/null & server=$!
		for _ in $(seq 100); do [ ! -s out ] && kill -0 $server 2>/dev/null || break; sleep 0.1; done
		sleep 0.5
		kill -INT $server 2>/dev/null || :
		wait $server || got=$? ;;
	*) echo "$where: no such place" >out; got=none ;;
	esac
	cp /var/lib/bootlace/api-ca.crt . 2>/dev/null || :
	if [ "$got" != "$want" ]; then
		bad=1
		printf 'FAIL: %s: exit code %s, want %s\n' "$command" "$got" "$want"
		tail -5 out | sed 's/^/    /'
	fi
done <"$commands"
exit $bad
