// SPDX-License-Identifier: Apache-2.0

package contest

import (
	"net/netip"
	"strconv"
)

// Place is where a TFTP server stands and what it must bear.
type Place struct {
	Root       string
	Addr       netip.AddrPort
	Clients    int
	Blksize    int
	Windowsize int
	File       string // path of the case's file, for servers that hold only one
}

// Server is one contestant.
type Server struct {
	Name     string
	Peer     bool // a server that others use; ratios are taken to peers
	Windowed bool // knows RFC 7440
	Fixed    bool // serves one file whatever is asked
	Argv     func(Place) []string
}

// Dnsmasq serves by one thread; version 2.90 ignores windowsize, tftp-max is 50 unless raised.
func Dnsmasq(path string) Server {
	return Server{Name: "dnsmasq", Peer: true, Argv: func(p Place) []string {
		return []string{path, "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--user=root", "--port=0", "--enable-tftp",
			"--tftp-root=" + p.Root, "--tftp-max=" + strconv.Itoa(p.Clients+100), "--quiet-tftp", "--no-resolv", "--no-hosts",
			"--listen-address=" + p.Addr.Addr().String(), "--bind-interfaces", "--log-facility=/dev/null"}
	}}
}

// Hpa forks for every transfer and has no windowsize.
func Hpa(path string) Server {
	return Server{Name: "tftpd-hpa", Peer: true, Argv: func(p Place) []string {
		return []string{path, "--foreground", "--address", p.Addr.String(), "--user", "root", "--secure", p.Root}
	}}
}

// Atftpd starts a thread for every transfer; 100 at most unless raised.
func Atftpd(path string) Server {
	return Server{Name: "atftpd", Peer: true, Windowed: true, Argv: func(p Place) []string {
		return []string{path, "--daemon", "--no-fork", "--user", "root.root", "--maxthread", strconv.Itoa(p.Clients + 100), "--verbose=0",
			"--logfile", "/dev/null", "--bind-address", p.Addr.Addr().String(), "--port", strconv.Itoa(int(p.Addr.Port())), p.Root}
	}}
}

// Pin is a plain server on the library, a verb of this program.
func Pin(self string) Server {
	return Server{Name: "pin/tftp", Peer: true, Argv: func(p Place) []string {
		return []string{self, "pin", p.Addr.String(), p.Root}
	}}
}

// Reflector is the floor, a verb of this program.
func Reflector(self string) Server {
	return Server{Name: "reflector", Windowed: true, Fixed: true, Argv: func(p Place) []string {
		return []string{self, "reflector", p.Addr.String(), p.File, strconv.Itoa(p.Blksize), strconv.Itoa(p.Windowsize)}
	}}
}

// Bootlace is the server this is about; flags are added to its command.
func Bootlace(name, path string, flags func(Place) []string) Server {
	return Server{Name: name, Windowed: true, Argv: func(p Place) []string {
		return append([]string{path, "tftp", "serve", "--root", p.Root, "--listen", p.Addr.String()}, flags(p)...)
	}}
}
