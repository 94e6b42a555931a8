// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
)

// httpCase is one load by HTTP.
type httpCase struct {
	name              string
	tls               bool
	clients, requests int
	size              int64
	rounds            int
}

// httpPeer is a server with its own way to be told the same.
type httpPeer struct {
	name    string
	missing string
	argv    func(dir string, addr netip.Addr) ([]string, error)
}

// httpCases are the loads: of each about three gigabytes, a third of that over TLS.
func httpCases(quick bool) (cases []httpCase) {
	for _, secure := range []bool{false, true} {
		for _, c := range []httpCase{{clients: 1, requests: 48, size: 64 * mib}, {clients: 64, requests: 3, size: 16 * mib}, {clients: 1000, requests: 3, size: mib}} {
			c.name, c.tls, c.rounds = fmt.Sprintf("HTTP, %d clients", c.clients), secure, 5
			if secure {
				c.name, c.requests = fmt.Sprintf("HTTPS, %d clients", c.clients), (c.requests+2)/3
			}
			if quick {
				c.rounds, c.requests = 1, (c.requests+3)/4
			}
			cases = append(cases, c)
		}
	}
	return cases
}

// httpPeers are who is measured.
func httpPeers(bootlace string) []httpPeer {
	peers := []httpPeer{{name: nameBootlace, argv: func(dir string, addr netip.Addr) ([]string, error) { return bootlaceHTTP(bootlace, dir, addr) }}, {name: nameNginx}}
	if _, err := os.Stat(bootlace); err != nil {
		peers[0].missing = "not built"
	}
	path, err := find("nginx")
	if err != nil {
		peers[1].missing = "not installed"
	}
	peers[1].argv = func(dir string, addr netip.Addr) ([]string, error) { return nginxHTTP(path, dir, addr) }
	return peers
}

const nameNginx = "nginx"

// bootlaceHTTP is the appliance as it is delivered, but for limits of one address, and a log of errors only.
func bootlaceHTTP(path, dir string, addr netip.Addr) ([]string, error) {
	conf := fmt.Sprintf(`server: {state: %[1]q, user: ""}
unknown: menu
dhcp: {mode: "off"}
tftp: {enabled: false}
api: {socket: "off"}
http:
  listen: ["%[2]v:80"]
  per_address: 4096
  tls: {listen: ["%[2]v:443"], certificate: %[3]q, key: %[4]q}
log: {level: error}
`, dir, addr, filepath.Join(dir, "crt.pem"), filepath.Join(dir, "key.pem"))
	etc := filepath.Join(dir, "etc")
	if err := os.MkdirAll(etc, 0o755); err != nil {
		return nil, err
	}
	return []string{path, "serve", "--config", etc}, os.WriteFile(filepath.Join(etc, "bootlace.yaml"), []byte(conf), 0o644)
}

// nginxHTTP is Debian's nginx as its manual has it for files that are large: as many workers as Bootlace has processors, no log of who
// asked.
func nginxHTTP(path, dir string, addr netip.Addr) ([]string, error) {
	conf := fmt.Sprintf(`daemon off; worker_processes %[1]d; pid %[2]s/nginx.pid; error_log stderr error; user root;
events { worker_connections 4096; }
http {
  sendfile on; tcp_nopush on; access_log off; keepalive_requests 100000; default_type application/octet-stream;
  client_body_temp_path %[2]s/t1; proxy_temp_path %[2]s/t2; fastcgi_temp_path %[2]s/t3; uwsgi_temp_path %[2]s/t4; scgi_temp_path %[2]s/t5;
  server {
    listen %[3]v:80; listen %[3]v:443 ssl; root %[2]s/images;
    ssl_certificate %[2]s/crt.pem; ssl_certificate_key %[2]s/key.pem; ssl_protocols TLSv1.3;
  }
}
`, runtime.NumCPU(), dir, addr)
	file := filepath.Join(dir, "nginx.conf")
	return []string{path, "-c", file, "-e", "stderr"}, os.WriteFile(file, []byte(conf), 0o644)
}
