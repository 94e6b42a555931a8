// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/bootlace-net/bootlace/bench/contest"
	"github.com/bootlace-net/bootlace/bench/httpload"
	"github.com/bootlace-net/bootlace/bench/load"
	"github.com/bootlace-net/bootlace/bench/report"
	"github.com/bootlace-net/bootlace/bench/stat"
)

// httpSample is one of them in one round.
type httpSample struct {
	*httpload.Result
	cpu    time.Duration
	memory int64
	err    error
}

// http runs the cases of HTTP, in which servers take turns.
func (b *bench) http(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "http-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := b.certify(dir); err != nil {
		return err
	}
	for _, c := range httpCases(b.quick) {
		if !b.match.MatchString(c.name) || ctx.Err() != nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, "images", "file"), load.Content(int(c.size)), 0o644); err != nil {
			return err
		}
		peers := httpPeers(b.bootlace)
		samples := make([][]httpSample, len(peers))
		for round := range c.rounds {
			for k := range peers {
				i := (k + round) % len(peers)
				if peers[i].missing == "" {
					s := httpOnce(ctx, c, &peers[i], dir, i)
					samples[i] = append(samples[i], s)
					b.sayHTTP(c.name, peers[i].name, s)
				}
			}
		}
		for i, p := range peers {
			b.report.HTTP = append(b.report.HTTP, httpRow(c, p, samples[i]))
		}
	}
	return nil
}

func (b *bench) sayHTTP(name, server string, s httpSample) {
	if s.err != nil {
		b.printf("%-34s %-10s %v\n", name, server, s.err)
		return
	}
	b.printf("%-34s %-10s %6.0f MiB/s %8.1f ms CPU/GiB  failed %d, %d MiB\n", name, server, s.speed(), float64(s.cost()*1024)/1e6, s.Failed, s.memory>>20)
}

func (s httpSample) speed() float64 { return float64(s.Bytes) / mib / s.Elapsed.Seconds() }

// cost is the CPU time of a MiB.
func (s httpSample) cost() time.Duration {
	return time.Duration(float64(s.cpu) / max(float64(s.Bytes)/mib, 1))
}

// certify makes what all servers show, and where the files are.
func (b *bench) certify(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"bench"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	save := func(name, kind string, der []byte) error {
		return os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
	}
	return errors.Join(err, save("crt.pem", "CERTIFICATE", certificate), save("key.pem", "PRIVATE KEY", private), os.Mkdir(filepath.Join(dir, "images"), 0o755), os.Chmod(dir, 0o755))
}

// httpOnce starts a server and puts the load on it.
func httpOnce(ctx context.Context, c httpCase, peer *httpPeer, dir string, number int) httpSample {
	addr := netip.AddrFrom4([4]byte{127, 0, 0, byte(10 + number)})
	argv, err := peer.argv(dir, addr)
	if err != nil {
		return httpSample{err: err}
	}
	p, err := contest.Start(ctx, argv)
	if err != nil {
		return httpSample{err: err}
	}
	defer p.Stop()
	spec := httpload.Spec{Addr: netip.AddrPortFrom(addr, 80).String(), Path: "file", Size: c.size, Clients: c.clients, Requests: c.requests, Limit: time.Minute}
	if c.tls { // the same suite for all; whoever answers is started by us
		spec.Addr = netip.AddrPortFrom(addr, 443).String()
		spec.TLS = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13} //nolint:gosec // see above
	}
	if err := awaitHTTP(ctx, p, spec); err != nil {
		return httpSample{err: err}
	}
	var before time.Duration
	spec.Ready = func() (err error) { before, err = p.CPU(); return err }
	r, err := httpload.Run(ctx, spec)
	if err != nil {
		return httpSample{err: err}
	}
	after, err := p.CPU()
	return httpSample{Result: r, cpu: after - before, memory: p.Peak(), err: errors.Join(err, r.Why)}
}

// awaitHTTP asks until the server has answered once.
func awaitHTTP(ctx context.Context, p *contest.Process, spec httpload.Spec) error {
	spec.Clients, spec.Requests, spec.Ready = 1, 1, func() error { return nil }
	var err error
	for range 200 {
		if _, err = httpload.Run(ctx, spec); err == nil {
			return nil
		}
		if gone := p.Exited(); gone != nil {
			return gone
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%w; it says %q", err, p.Says())
}

// httpRow is what the rounds of one server come to; a block is a MiB.
func httpRow(c httpCase, p httpPeer, samples []httpSample) report.Row {
	row := report.Row{Case: c.name, Server: p.name, Peer: p.name != nameBootlace, Note: p.missing}
	var speeds, costs []float64
	for _, s := range samples {
		if s.err != nil {
			row.Note = s.err.Error()
			continue
		}
		speeds, costs = append(speeds, s.speed()), append(costs, float64(s.cost()))
		row.Done, row.Failed, row.Memory, row.Rounds = row.Done+s.Done, row.Failed+s.Failed, max(row.Memory, s.memory), row.Rounds+1
	}
	row.BlocksPerSecond, row.Spread, row.CPUPerBlock = stat.Median(speeds), stat.Spread(speeds), time.Duration(stat.Median(costs))
	row.BytesPerSecond = row.BlocksPerSecond * mib
	return row
}
