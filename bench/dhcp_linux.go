// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bootlace-net/bootlace/bench/contest"
	"github.com/bootlace-net/bootlace/bench/dhcpload"
	"github.com/bootlace-net/bootlace/bench/report"
	"github.com/bootlace-net/bootlace/bench/stat"
)

// The wire of the DHCP case: one end here with the machines, one in the server's own namespace.
const (
	machinesEnd  = "machines"
	serverEnd    = "boot0"
	machinesAddr = "10.77.0.2"
	serverNet    = "10.77.0.0"
	serverIP     = "10.77.0.1"
	serverMask   = "255.255.0.0"
)

// proxy is a ProxyDHCP server: a contestant and its command.
type proxy struct {
	entry
	argv  []string
	keeps string // the directory in which it remembers machines; "": it does not
}

func (b *bench) proxies() ([]proxy, error) {
	var ps []proxy
	for _, e := range b.entries {
		switch e.Name {
		case nameDnsmasq:
			path, _ := find(b.dnsmasq) // e.missing says it when there is none
			ps = append(ps, proxy{entry: e, argv: []string{path, "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--user=root", "--port=0",
				"--interface=" + serverEnd, "--bind-interfaces", "--dhcp-range=" + serverNet + ",proxy," + serverMask, "--quiet-dhcp",
				"--pxe-service=x86PC,boot,undionly.kpxe", "--pxe-service=7,boot,ipxe.efi", "--log-facility=/dev/null", "--no-resolv", "--no-hosts"}})
		case nameBootlace:
			dir, err := b.appliance()
			if err != nil {
				return nil, err
			}
			ps = append(ps, proxy{e, []string{b.bootlace, "serve", "--config", dir, "--interface", serverEnd, "--log-level", "error"}, filepath.Join(dir, "state")})
		}
	}
	return ps, nil
}

// appliance writes a configuration in which machines that nobody wrote down get an offer, as they do from the peer, and in which the
// limit on all answers together, which the peer does not have, is out of reach.
func (b *bench) appliance() (string, error) {
	dir := filepath.Join(b.root, "..", "appliance")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	text := fmt.Sprintf("server: {state: %q}\nunknown: menu\ndhcp: {per_second: 1000000}\n", filepath.Join(dir, "state"))
	return dir, os.WriteFile(filepath.Join(dir, "bootlace.yaml"), []byte(text), 0o644)
}

// dhcp measures offers beside dnsmasq's proxy mode.
func (b *bench) dhcp(ctx context.Context) error {
	if _, err := exec.LookPath("ip"); err != nil {
		b.printf("ProxyDHCP: not measured, the command ip (iproute2) is missing\n")
		return nil
	}
	ps, err := b.proxies()
	if err != nil {
		return err
	}
	rounds := max(b.rounds, 1)
	if b.rounds == 0 && !b.quick {
		rounds = 3
	}
	for _, c := range dhcpCases() {
		samples := make([][]offers, len(ps))
		for round := range rounds {
			for k := range ps {
				i := (k + round) % len(ps)
				if ps[i].missing == "" && ctx.Err() == nil {
					o := b.offers(ctx, c, ps[i])
					samples[i] = append(samples[i], o)
					b.sayOffers(c, ps[i].Name, o)
					if o.err != nil { // it will not answer the next time either
						ps[i].missing = o.err.Error()
					}
				}
			}
		}
		for i, p := range ps {
			b.report.DHCP = append(b.report.DHCP, offerRow(c, p, samples[i]))
		}
	}
	return nil
}

// offers is one server in one round.
type offers struct {
	*dhcpload.Result
	cpu    time.Duration
	memory int64
	err    error
}

func (o offers) speed() float64 {
	if o.Elapsed <= 0 {
		return 0
	}
	return float64(o.Offers) / o.Elapsed.Seconds()
}

func (o offers) cost() time.Duration {
	if o.Offers == 0 {
		return 0
	}
	return o.cpu / time.Duration(o.Offers)
}

func (b *bench) sayOffers(c dhcpCase, name string, o offers) {
	if o.err != nil {
		b.printf("ProxyDHCP, %-24s %-12s %v\n", c.name, name, o.err)
		return
	}
	b.printf("ProxyDHCP, %-24s %-12s %8.0f offers/s %8s CPU/offer  p50 %s p99 %s, lost %d, wrong %d %s\n", c.name, name, o.speed(), report.Short(o.cost()),
		report.Short(o.Answered.Quantile(0.5)), report.Short(o.Answered.Quantile(0.99)), o.Lost, o.Wrong, o.Why)
}

// forget lets a server start as one that was never run: what it has from the round before is work that the others do not have.
func (p proxy) forget() error {
	if p.keeps == "" {
		return nil
	}
	return errors.Join(os.RemoveAll(p.keeps), os.MkdirAll(filepath.Join(p.keeps, "images"), 0o755))
}

// offers starts a server in a namespace of its own, joins it by a virtual cable, and lets machines ask.
func (b *bench) offers(ctx context.Context, c dhcpCase, p proxy) offers {
	if err := p.forget(); err != nil {
		return offers{err: err}
	}
	argv := append([]string{b.self, verbEnter, serverEnd, serverIP, serverMask}, p.argv...)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	generator, servers := apart(c.atOnce, runtime.NumCPU())
	process, err := contest.StartCmd(ctx, cmd)
	if err != nil {
		return offers{err: err}
	}
	defer process.Stop()
	defer func() { _ = exec.Command("ip", "link", "del", machinesEnd).Run() }() // gone already when the other end is
	if err := cable(process.Pid()); err != nil {
		return offers{err: err}
	}
	if err := answers(ctx, process); err != nil {
		return offers{err: err}
	}
	if err := process.Keep(servers); err != nil {
		return offers{err: err}
	}
	before, err := process.CPU()
	if err != nil {
		return offers{err: err}
	}
	r, err := dhcpload.Run(ctx, dhcpload.Spec{Interface: machinesEnd, Machines: b.machines(c), AtOnce: c.atOnce, Timeout: time.Second, Limit: min(b.limit, 20*time.Second), CPU: generator, Spin: generator > 0})
	if err != nil {
		return offers{err: err}
	}
	after, err := process.CPU()
	return offers{Result: r, cpu: after - before, memory: process.Peak(), err: err}
}

// machines keeps a run near a second.
func (b *bench) machines(c dhcpCase) int {
	n := 40000
	if c.atOnce == 1 {
		n = 5000
	}
	if b.quick {
		n /= 4
	}
	return n
}

// cable makes the pair and gives one end away.
func cable(pid int) error {
	for _, args := range []string{
		"link add " + machinesEnd + " type veth peer name " + serverEnd,
		"link set " + serverEnd + " netns " + strconv.Itoa(pid),
		"addr add " + machinesAddr + "/16 dev " + machinesEnd,
		"link set " + machinesEnd + " up",
	} {
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", args, err, out)
		}
	}
	return nil
}

// answers waits for the first offer.
func answers(ctx context.Context, p *contest.Process) error {
	why := "no offer"
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline) && ctx.Err() == nil; {
		r, err := dhcpload.Run(ctx, dhcpload.Spec{Interface: machinesEnd, Machines: 2, AtOnce: 2, Timeout: 100 * time.Millisecond, Limit: time.Second})
		if err != nil {
			return err
		}
		if r.Offers == 2 {
			return nil
		}
		if r.Why != "" {
			why = r.Why
		}
		if err := p.Exited(); err != nil {
			return err
		}
	}
	return fmt.Errorf("did not offer within 10 s: %s; it says %q", why, p.Says())
}

func offerRow(c dhcpCase, p proxy, samples []offers) report.Row {
	row := report.Row{Group: "ProxyDHCP", Case: c.name, Server: p.Name, Peer: p.Peer, Note: p.missing}
	var good []offers
	var notes []string
	for _, o := range samples {
		if o.err != nil {
			notes = append(notes, o.err.Error())
			continue
		}
		good = append(good, o)
		row.Done += o.Offers
		row.Failed += o.Lost
		row.Memory = max(row.Memory, o.memory)
		if o.Why != "" {
			notes = append(notes, o.Why)
		}
	}
	var speeds []float64
	for _, o := range good {
		speeds = append(speeds, o.speed())
	}
	row.Rounds = len(good)
	row.BlocksPerSecond, row.Spread = stat.Median(speeds), stat.Spread(speeds)
	row.CPUPerBlock = middle(good, offers.cost)
	row.CompleteP50 = middle(good, func(o offers) time.Duration { return o.Answered.Quantile(0.5) })
	row.CompleteP99 = middle(good, func(o offers) time.Duration { return o.Answered.Quantile(0.99) })
	row.Note = strings.Join(unique(append([]string{row.Note}, notes...)), "; ")
	return row
}

// enter runs in the server's namespace: it waits for its end of the cable, gives it an address and becomes the server.
// IFACE ADDR MASK COMMAND...
func enter(args []string) error {
	if len(args) < 4 {
		return fmt.Errorf("%w: %s INTERFACE ADDRESS MASK COMMAND", errUsage, verbEnter)
	}
	for i := 0; ; i++ {
		if _, err := net.InterfaceByName(args[0]); err == nil {
			break
		} else if i == 1000 {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	for _, set := range []struct {
		request uint
		device  string
		fill    func(*unix.Ifreq) error
	}{
		{unix.SIOCSIFFLAGS, "lo", up},
		{unix.SIOCSIFADDR, args[0], func(r *unix.Ifreq) error { return r.SetInet4Addr(net.ParseIP(args[1]).To4()) }},
		{unix.SIOCSIFNETMASK, args[0], func(r *unix.Ifreq) error { return r.SetInet4Addr(net.ParseIP(args[2]).To4()) }},
		{unix.SIOCSIFFLAGS, args[0], up},
	} {
		if err := configure(set.request, set.device, set.fill); err != nil {
			return fmt.Errorf("%s: %w", set.device, err)
		}
	}
	path, err := exec.LookPath(args[3])
	if err != nil {
		return err
	}
	return syscall.Exec(path, args[3:], os.Environ())
}

func up(r *unix.Ifreq) error {
	r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return nil
}

// configure does one request of netdevice(7).
func configure(request uint, device string, fill func(*unix.Ifreq) error) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	r, err := unix.NewIfreq(device)
	if err != nil {
		return err
	}
	if err := fill(r); err != nil {
		return err
	}
	return unix.IoctlIfreq(fd, request, r)
}
