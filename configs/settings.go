// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"net/netip"
	"regexp"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Settings is bootlace.yaml without the policy for unknown machines, which is part of the catalog.
type Settings struct {
	Server  Server        `yaml:"server" doc:"The appliance itself: where it listens and what it may touch."`
	DHCP    DHCP          `yaml:"dhcp" doc:"The answers to PXE and HTTP Boot clients, beside the site's DHCP server."`
	TFTP    TFTP          `yaml:"tftp" doc:"The TFTP engine."`
	HTTP    HTTP          `yaml:"http" doc:"The same tree over HTTP, and the appliance's status."`
	Syslog  Syslog        `yaml:"syslog" doc:"What machines say of themselves while they boot and install: it becomes part of their timelines."`
	API     API           `yaml:"api" doc:"How people and programs see and change machines: 'bootlace machines' uses it."`
	Loop    Loop          `yaml:"loop" doc:"What counts as a boot loop. A machine that comes back too often without having got anywhere is sent to its disk; 'bootlace machines release' ends that at once."`
	Memory  Memory        `yaml:"memory" doc:"What becomes of a machine that has less memory than what it is to boot needs. iPXE says how much there is; a machine that did not say is told so and boots."`
	Secrets SecretsPolicy `yaml:"secrets" doc:"Who gets files with secrets in them. open: the machine they are for, as its name or address tells; strict: only who brings a token, which a machine has from {{ file_url }} while it is being installed."`
	Log     Log           `yaml:"log" doc:"What is logged. It goes to stderr."`
}

// Server is the section of the appliance itself.
type Server struct {
	Interfaces []string     `yaml:"interfaces" doc:"Network interfaces to serve on. None: all that are up, are not loopback and have an IPv4 address."`
	Addresses  []netip.Addr `yaml:"addresses" doc:"Addresses of this server to put into answers, one per network, where the interface's first one is not reachable (VIP, NAT). None: the address of the interface a packet came in on."`
	State      string       `yaml:"state" doc:"Directory of what changes, to be kept: whether machines are installed is in its file machines.db. Images are in its folders images and vault."`
	NewDB      NewDatabase  `yaml:"new_database" doc:"What machines get that are to be installed when there is no machines.db yet: install, for a new site has none; hold, their disk, until bootlace machines release: for sites that would lose more by installing again than by waiting."`
	Adopted    string       `yaml:"adopted" doc:"File of hosts that bootlace machines adopt and rules write machines to, which is read like those in hosts/. A relative one is in the configuration. Empty: hosts/adopted.yaml in state."`
	Images     string       `yaml:"images" doc:"Directory of kernels, initrds and loaders, if it is not the folder images of state."`
	Vault      string       `yaml:"vault" doc:"Directory of the images that bootlace images pulls and imports, if it is not the folder vault of state."`
	Secrets    string       `yaml:"secrets" doc:"Directory of files, one secret each, for the secret function of templates. Empty: there are no secrets."`
	User       string       `yaml:"user" doc:"User to become after the ports are bound, if started as root. Empty: stay who we are."`
}

// DHCP is the section of ProxyDHCP.
type DHCP struct {
	Mode       DHCPMode          `yaml:"mode" doc:"proxy answers; observe only logs what it would answer; off does not listen."`
	Socket     DHCPSocket        `yaml:"socket" doc:"packet reads ports 67 and 547 beside whoever has them, so that a DHCP server of this machine can start before or after; udp binds them, alone; auto takes packet where that is permitted (CAP_NET_RAW), else udp."`
	IPv6       DHCPv6            `yaml:"ipv6" doc:"auto also answers DHCPv6 where this machine has IPv6; off leaves ports 547 and 4011 of IPv6 alone."`
	Allow      []netip.Prefix    `yaml:"allow" doc:"Networks to answer: the interface's, or the relay's address. None: all."`
	Deny       []boot.MACPattern `yaml:"deny" doc:"MAC addresses or prefixes (52:54:00:*) never to answer, whatever the hosts say."`
	Delay      time.Duration     `yaml:"delay" max:"5s" doc:"How long to wait before an offer. 0s because iPXE waits for a proxy's offer for two seconds only."`
	PerMAC     int               `yaml:"per_mac" min:"1" max:"1000" doc:"Answers per second to one MAC. Firmware asks at most a few times; more is a loop or a forgery."`
	PerSecond  int               `yaml:"per_second" min:"1" max:"1000000" doc:"Answers per second to all together, so that a flood of forged requests cannot take the machine."`
	TTL        time.Duration     `yaml:"remember" min:"1m" max:"168h" doc:"How long an address stays tied to the machine that DHCP was seen to give it to. TFTP knows only addresses."`
	PrefixName bool              `yaml:"machine_prefix" doc:"Offer names that begin with m/<mac>/, so that every later request says whose it is. Off for firmware that cannot take them."`
}

// TFTP is the section of the TFTP engine.
type TFTP struct {
	Enabled    bool             `yaml:"enabled" doc:"Whether to serve TFTP at all."`
	Listen     []netip.AddrPort `yaml:"listen" doc:"Addresses and ports to listen on. A port alone means every address, IPv4 and IPv6."`
	SinglePort bool             `yaml:"single_port" doc:"Answer from the port that was asked instead of one per transfer (RFC 1350 TIDs). For NAT, Docker and Kubernetes. Forged requests then draw more: see benchmarks.md."`
	BlockSize  BlockSize        `yaml:"block_size" doc:"Bounds for what clients ask for (RFC 2348)."`
	WindowSize WindowSize       `yaml:"window_size" doc:"Bound for windows (RFC 7440)."`
	GSO        GSO              `yaml:"gso" doc:"UDP segmentation offload for windows. auto tries it out and stops where a kernel or a driver mangles it."`
	BusyPoll   time.Duration    `yaml:"busy_poll" max:"1ms" doc:"How long to spin for the next packet while a lock-step transfer is hot. 0s sleeps at once: spinning buys latency with CPU time. 50us is a good value."`
	Lanes      int              `yaml:"lanes" min:"0" max:"256" doc:"Independent engines, each with sockets and a goroutine of its own. 0: one for two cores."`
	Retransmit Retransmit       `yaml:"retransmit" doc:"When a block is sent again."`
	Pin        time.Duration    `yaml:"pin" max:"1h" doc:"How long a client that asked for a file's size gets the same bytes when it asks again. UEFI firmware probes, aborts and asks anew."`
	Cache      Size             `yaml:"cache" doc:"Memory for file content that transfers share and that is read ahead, in bytes. A storm of machines reads a file from disk once."`
	Limits     TFTPLimits       `yaml:"limits" doc:"Bounds against load and abuse. What is refused is counted and logged."`
	Allow      []netip.Prefix   `yaml:"allow" doc:"Networks that may ask. None: all."`
	Broadcast  bool             `yaml:"broadcast" doc:"Whether to answer requests that were broadcast. Off: RFC 1123 4.2.3.4 asks servers to ignore them."`
	IgnoreCase bool             `yaml:"ignore_case" doc:"Find files whatever the case of their names, as Windows loaders need it."`
	Remap      []Remap          `yaml:"remap" doc:"Rules that rewrite names before they are looked up, one after the other: each sees what those before made of the name. bootlace tftp serve --remap works the same way."`
	Writes     Writes           `yaml:"writes" doc:"Uploads. Off unless a directory is given."`
}

// BlockSize bounds RFC 2348.
type BlockSize struct {
	Min int `yaml:"min" min:"8" max:"65464" doc:"Smallest block size that is granted, in bytes. 512 is what every client can do; a smaller one only makes more packets."`
	Max int `yaml:"max" min:"8" max:"65464" doc:"Largest block size that is granted, in bytes. 1468 fills an Ethernet frame; fragments are lost by many a firmware."`
}

// WindowSize bounds RFC 7440.
type WindowSize struct {
	Max int `yaml:"max" min:"1" max:"65535" doc:"Largest window that is granted, in blocks. 64 blocks of 1468 bytes are what most receive buffers hold; 1 switches windows off."`
}

// Retransmit bounds the adaptive timer (RFC 6298).
type Retransmit struct {
	Initial time.Duration `yaml:"initial" max:"60s" doc:"First timeout, before anything has been measured. 0s: what fits the client, 250ms for most."`
	Min     time.Duration `yaml:"min" max:"60s" doc:"Shortest timeout. 0s: what fits the client, 10ms for most; a Raspberry Pi hangs on blocks that are repeated early."`
	Max     time.Duration `yaml:"max" max:"255s" doc:"Longest timeout after backing off. 0s: what fits the client, 4s for most."`
	Silence time.Duration `yaml:"silence" min:"1s" max:"10m" doc:"How long a client that has already proved itself may say nothing. GRUB and machines that write to flash stop for a minute."`
}

// TFTPLimits bounds load and abuse.
type TFTPLimits struct {
	Transfers         int `yaml:"transfers" min:"1" max:"1000000" doc:"Transfers at once."`
	Unproved          int `yaml:"unproved" min:"1" max:"1000000" doc:"Of these, how many that have not answered yet. Beyond it the oldest gives way, so forged requests fill nothing."`
	PerAddress        int `yaml:"per_address" min:"1" max:"1000000" doc:"Transfers at once per client address. High, for a NAT hides many machines."`
	PerPrefix         int `yaml:"per_prefix" min:"1" max:"1000000" doc:"Transfers at once per /24 (IPv4) or /64 (IPv6)."`
	RequestsPerSecond int `yaml:"requests_per_second" min:"1" max:"1000000" doc:"New requests per second per client address. Loaders ask for dozens of names that do not exist."`
}

// Remap is one rule that rewrites names.
type Remap struct {
	Match   *regexp.Regexp `yaml:"match" doc:"Regular expression (RE2) for the name, as the client asks for it."`
	Replace string         `yaml:"replace" doc:"What every match becomes; $1 stands for the first group."`
	Final   bool           `yaml:"final" doc:"Whether later rules are left out after this one."`
	Deny    bool           `yaml:"deny" doc:"Refuse names that match instead of rewriting them."`
}

// Writes is the section of uploads.
type Writes struct {
	Directory  string `yaml:"directory" doc:"Where uploads go. Empty: there are none."`
	PerMachine bool   `yaml:"per_machine" doc:"Whether each machine gets a folder of its own, by MAC or address."`
	Overwrite  bool   `yaml:"overwrite" doc:"Whether a file that exists may be replaced; else TFTP error 6."`
	MaxSize    Size   `yaml:"max_size" doc:"Largest upload, in bytes. Device configurations are small."`
	MaxTotal   Size   `yaml:"max_total" doc:"Bytes in the directory altogether, whoever put them there."`
	MaxFiles   int    `yaml:"max_files" min:"1" max:"10000000" doc:"Files in the directory altogether. What others take away makes room within seconds."`
}

// HTTP is the section of the HTTP server.
type HTTP struct {
	Enabled     bool             `yaml:"enabled" doc:"Whether to serve HTTP. Without it, URLs in rendered files are tftp:// ones."`
	Port        int              `yaml:"port" min:"1" max:"65535" doc:"Port for machines and for status pages. 8080 because 80 is often taken."`
	Listen      []netip.AddrPort `yaml:"listen" doc:"Addresses and ports to listen on, if not port on every address."`
	TLS         TLS              `yaml:"tls" doc:"The same tree over HTTPS. Only machines that firmware: {https: …} says to know its authority are told of it; whoever asks is answered."`
	Connections int              `yaml:"connections" min:"1" max:"1000000" doc:"Connections at once, on each address that is listened on. More wait until one ends, so that they take neither memory nor files from TFTP."`
	PerAddress  int              `yaml:"per_address" min:"1" max:"1000000" doc:"Of these, how many of one client address: more are closed, so that one cannot keep all others waiting. High, for a NAT hides many machines."`
	Rate        Rate             `yaml:"rate" doc:"How fast files leave over HTTP, where a line is to have room for others."`
	Inventory   bool             `yaml:"inventory" doc:"Whether iPXE is told to say what it runs on (serial number, model, network cards, Secure Boot), for bootlace machines show. It costs a machine a few milliseconds; off for networks where nobody is to read that on the wire."`
	Metrics     bool             `yaml:"metrics" doc:"Whether /metrics gives counters in Prometheus' format."`
	Allow       []netip.Prefix   `yaml:"allow" doc:"Networks that may ask. None: all."`
}

// Rate bounds how fast files leave.
type Rate struct {
	Total     Size `yaml:"total" doc:"Bytes per second to all clients together. 0: no bound."`
	PerClient Size `yaml:"per_client" doc:"Bytes per second to one client address. 0: no bound."`
}

// TLS is the section of the same tree over HTTPS.
type TLS struct {
	Listen      []netip.AddrPort `yaml:"listen" doc:"Addresses and ports to listen on, such as :8443. Empty: there is no HTTPS."`
	Name        string           `yaml:"name" doc:"Name of this server in https:// addresses, where its certificate is for a name: machines must be told of a DNS server that knows it. Empty: the address that a machine asks."`
	Certificate string           `yaml:"certificate" doc:"File of the certificate in PEM, with those between it and its authority. It is read again when it changes. Empty: api.crt in server.state, which bootlace api init makes."`
	Key         string           `yaml:"key" doc:"File of its key. Empty: api.key in server.state."`
}

// Syslog is the section of the receiver of machines' logs.
type Syslog struct {
	Listen []netip.AddrPort `yaml:"listen" doc:"Addresses and ports to listen on, such as :514: iPXE and Debian's installer know no other port. Empty: nothing is taken."`
	Allow  []netip.Prefix   `yaml:"allow" doc:"Networks that lines are taken from. None: all. Only those of machines that are known are kept in any case."`
}

// API is the section of the interface for people and programs.
type API struct {
	Socket string `yaml:"socket" doc:"Unix socket to listen on, for root and for the user and the group of server.user. Empty: api.sock in the directory that systemd made for what runs (/run/bootlace), else in state. off: there is none."`

	Listen      []netip.AddrPort `yaml:"listen" doc:"Addresses and ports to listen on for people and programs elsewhere, such as :8443: by TLS, and for those who have a login. Never those that machines use. Empty: there are none."`
	Certificate string           `yaml:"certificate" doc:"File of the certificate for them in PEM, with those between it and its authority. It is read again when it changes. Empty: api.crt in server.state, which bootlace api init makes."`
	Key         string           `yaml:"key" doc:"File of its key. Empty: api.key in server.state."`
	Logins      string           `yaml:"logins" doc:"File of who may ask, which bootlace api user and bootlace api token write. It is read again when it changes. Empty: logins.json in server.state."`
}

// Loop says what a boot loop is.
type Loop struct {
	Returns int           `yaml:"returns" min:"0" max:"1000" doc:"Boots without progress within the time below that make a loop, counted for each way to boot (PXE, HTTP Boot, an iPXE, ours; IPv4, IPv6). Progress is a kernel that was fetched whole with its initrds, a local boot that was asked for, or a system that asks DHCP for its address. 0: never."`
	Within  time.Duration `yaml:"within" min:"1m" max:"168h" doc:"The time in which boots are counted."`
	Then    LoopThen      `yaml:"then" doc:"What a looping machine gets: its own disk, silence, or what it always gets, with a warning in the log."`
}

// Memory says what becomes of machines with too little of it.
type Memory struct {
	Check MemoryCheck   `yaml:"check" doc:"refuse: it is not installed but goes on with its disk, and what does not install boots after a warning; warn: everything boots after a warning; off: nobody looks."`
	Pause time.Duration `yaml:"pause" max:"10m" doc:"How long a warning stays on the screen before the machine goes on; a key ends it where the loader can read one."`
}

// Log is the section of the log.
type Log struct {
	Level  boot.Level `yaml:"level" doc:"The least that is logged. debug shows why packets were not answered."`
	Format LogFormat  `yaml:"format" doc:"auto writes text to a terminal and JSON elsewhere."`
}
