// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
	"github.com/bootlace-net/bootlace/e2e/trace"
)

// boot is one boot while it runs.
type boot struct {
	*Runner
	net     *lab.Lab
	c       Case
	token   string
	dir     string
	console *lab.Console
	plain   *lab.Process // the plain DHCP server
	server  *lab.Process
	vm      *lab.Process
	capture *lab.Capture
	trace   *trace.Trace // when the capture has ended
	began   time.Time
	undo    []func() error
	crashed bool
	adopted bool
}

// Boot boots one case. It returns when the case holds, has failed, or ctx is done; then nothing of the boot runs any more.
func (r *Runner) Boot(ctx context.Context, c Case) Result {
	b := &boot{Runner: r, c: c, token: newToken(), console: lab.NewConsole(r.Live)}
	res := Result{Case: c, Token: b.token, Accel: lab.Accel()}
	var err error
	if b.dir, err = openDir(r.Dir, c.Name+"-"); err != nil {
		res.Err = err
		return res
	}
	res.Dir = b.dir
	err = b.run(ctx, &res)
	res.Err = errors.Join(err, b.end(&res))
	return res
}

// run goes through the steps of a boot; end undoes them.
func (b *boot) run(ctx context.Context, res *Result) error {
	limit := cmp.Or(b.c.Longest, longest)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not within %v", limit))
	defer cancel()
	first, second := b.dhcp, b.serve
	if b.c.Later {
		first, second = b.serve, b.dhcp
	}
	for _, step := range []func(context.Context) error{b.files, b.pull, b.imported, b.network, b.router, first, second, b.rival, b.loss, b.listen, b.power} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	err := b.watch(ctx)
	res.Took = time.Since(b.began)
	return err
}

// end undoes what run did, last first, and looks at what was captured.
func (b *boot) end(res *Result) error {
	var errs []error
	for i := len(b.undo) - 1; i >= 0; i-- {
		errs = append(errs, b.undo[i]())
	}
	res.Console = b.console.Tail(40)
	res.Server = tail(filepath.Join(b.dir, "server.log"), 60)
	errs = append(errs, os.WriteFile(filepath.Join(b.dir, "serial.log"), []byte(b.console.Text()), 0o644))
	errs = append(errs, b.c.logFaults(filepath.Join(b.dir, "server.log"))...)
	errs = append(errs, b.c.diskFaults(filepath.Join(b.dir, "disk")))
	if b.trace == nil {
		return errors.Join(errs...)
	}
	res.Trace, res.Network = b.trace, networkTime(b.trace)
	for _, f := range b.c.faults(b.trace, b.token) {
		errs = append(errs, errors.New(f))
	}
	return errors.Join(errs...)
}

func (b *boot) later(f func() error) { b.undo = append(b.undo, f) }

// log is a file in the boot's directory that is closed at the end.
func (b *boot) log(name string) (*os.File, error) {
	f, err := os.Create(filepath.Join(b.dir, name))
	if err == nil {
		b.later(f.Close)
	}
	return f, err
}

func (b *boot) files(ctx context.Context) error {
	err := b.c.write(b.dir, b.token)
	if err == nil && b.c.Config.Authority {
		err = b.certify(ctx)
	}
	if err != nil || len(b.c.Config.Signed) == 0 {
		return err
	}
	return b.sign(ctx)
}

// certify makes an authority and a certificate for the boot server, whose user may read it: what it makes belongs to whom the state does.
func (b *boot) certify(ctx context.Context) error {
	state := filepath.Join(b.dir, "state")
	if err := tool(ctx, "chown", "nobody:", state); err != nil {
		return err
	}
	return tool(ctx, b.Binary, "api", "init", "--rsa", "--state", state, "--host", lab.BootAddr().String())
}

// network is made for each boot, so that several can run at once.
func (b *boot) network(context.Context) (err error) {
	if b.net, err = lab.New(); err == nil {
		b.later(func() error { b.net.Close(); return nil })
	}
	return err
}

func (b *boot) loss(context.Context) error {
	if b.c.Loss == 0 {
		return nil
	}
	b.later(func() error { return b.net.Loss(0) })
	return b.net.Loss(b.c.Loss)
}

func (b *boot) listen(context.Context) error {
	file, err := b.log("boot.pcap")
	if err != nil {
		return err
	}
	c, err := b.net.Switch.NewCapture(lab.Tap, file)
	if err != nil {
		return err
	}
	b.capture = c
	b.later(func() (err error) { b.trace, err = c.Stop(); return err })
	return nil
}

func (b *boot) power(context.Context) (err error) {
	m := b.c.Machine
	m.MAC = b.c.MAC()
	if m.Disk, err = b.disk(); err != nil {
		return err
	}
	if b.c.PlainROM {
		cable, err := b.net.NewCable(b.dir, new(lab.Disguise).Frame)
		if err != nil {
			return err
		}
		b.later(cable.Close)
		m.Cable = b.dir
	}
	b.began = time.Now()
	if b.vm, err = b.net.Start(m, b.dir, b.console); err != nil {
		return err
	}
	b.later(b.vm.Stop)
	return nil
}

func (b *boot) disk() ([]string, error) {
	path := filepath.Join(b.dir, "disk")
	drive, err := "if=none,id=disk,format=raw,file="+path, error(nil)
	switch b.c.Disk {
	case NoDisk:
		return nil, nil
	case BIOSDisk:
		err = target.BIOSDisk(path)
	case UEFIDisk:
		drive, err = "if=none,id=disk,format=raw,file=fat:rw:"+path, target.UEFIDisk(path, "halt")
	case UEFIAgain:
		drive, err = "if=none,id=disk,format=raw,file=fat:rw:"+path, target.UEFIDisk(path, "reboot")
	case BareDisk: // at a USB port: for others the installer has no driver
		return []string{"-drive", drive, "-device", "qemu-xhci", "-device", "usb-storage,drive=disk,bootindex=2"}, target.EmptyDisk(path)
	}
	return []string{"-drive", drive, "-device", "virtio-blk-pci,drive=disk,bootindex=2"}, err
}

// tail gives the last lines of a file.
func tail(file string, n int) string {
	f, err := os.Open(file)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = f.Close() }()
	body, err := io.ReadAll(f)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(body), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
