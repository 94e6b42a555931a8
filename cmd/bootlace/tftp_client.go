// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/pin/tftp/v3"
	"github.com/spf13/cobra"
)

// tftpClient holds the flags of bootlace tftp get and put.
type tftpClient struct {
	blksize  int
	timeout  time.Duration
	retries  int
	netascii bool
	quiet    bool
	output   string
	input    string
}

func (c *tftpClient) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&c.blksize, "blksize", 1468, "block size to ask for; 512 asks for none")
	flags.DurationVar(&c.timeout, "timeout", 2*time.Second, "wait this long for an answer before repeating a packet")
	flags.IntVar(&c.retries, "retries", 3, "begin a broken transfer again this many times")
	flags.BoolVar(&c.netascii, "netascii", false, "translate line ends (mode netascii)")
	flags.BoolVarP(&c.quiet, "quiet", "q", false, "no progress")
}

const tftpExitCodes = `Exit codes: 0 complete; 1 the server refused, fell silent or never answered; 2 wrong usage;
3 the trouble is here: a file that cannot be read or written, an unknown host.`

func newTFTPGetCommand() *cobra.Command {
	c := &tftpClient{}
	cmd := &cobra.Command{
		Use:   "get HOST[:PORT] NAME",
		Short: "Fetch a file over TFTP",
		Long: `Fetch a file over TFTP. It is written beside its final place and renamed when it is complete; a broken
transfer begins again. With '-o -' it goes to standard output.

` + tftpExitCodes,
		Example: `  bootlace tftp get 192.168.1.1 pxelinux.0
  bootlace tftp get '[fe80::1%eth0]' grub.cfg -o -`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return c.get(cmd, args[0], args[1]) },
	}
	c.addFlags(cmd)
	cmd.Flags().StringVarP(&c.output, "output", "o", "", "write here, '-' for standard output (default the name's last part)")
	return cmd
}

func newTFTPPutCommand() *cobra.Command {
	c := &tftpClient{}
	cmd := &cobra.Command{
		Use:   "put HOST[:PORT] NAME",
		Short: "Send a file over TFTP",
		Long: `Send a file over TFTP. The file is NAME's last part in the current directory unless --input says another;
'-i -' reads standard input.

` + tftpExitCodes,
		Example: `  bootlace tftp put 192.168.1.1 backup/switch1.cfg
  dmesg | bootlace tftp put 192.168.1.1 logs/node7 -i -`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return c.put(cmd, args[0], args[1]) },
	}
	c.addFlags(cmd)
	cmd.Flags().StringVarP(&c.input, "input", "i", "", "read this file, '-' for standard input (default the name's last part)")
	return cmd
}

// client makes a client for one attempt: the library's cannot be used twice at once and keeps no state worth keeping.
func (c *tftpClient) client(host string) (*tftp.Client, error) {
	if _, _, err := net.SplitHostPort(host); err != nil {
		if n := len(host); n > 2 && host[0] == '[' && host[n-1] == ']' {
			host = host[1 : n-1]
		}
		host = net.JoinHostPort(host, "69")
	}
	cl, err := tftp.NewClient(host)
	if err != nil {
		return nil, err
	}
	cl.SetTimeout(c.timeout)
	if c.blksize != 512 {
		cl.SetBlockSize(c.blksize)
	}
	cl.RequestTSize(!c.netascii)
	return cl, nil
}

func (c *tftpClient) mode() string {
	if c.netascii {
		return "netascii"
	}
	return "octet"
}

func (c *tftpClient) check() error {
	if c.blksize < 8 || c.blksize > 65464 {
		return usageError(fmt.Errorf("--blksize %d: expected 8 to 65464", c.blksize))
	}
	if c.timeout <= 0 || c.retries < 0 {
		return usageError(errors.New("--timeout and --retries must not be negative, nor --timeout zero"))
	}
	return nil
}

// attempts tries until it works, the server says no, or the tries are used up.
func (c *tftpClient) attempts(ctx context.Context, stderr io.Writer, try func() error) error {
	var err error
	for n := 0; n <= c.retries; n++ {
		if n > 0 {
			_, _ = fmt.Fprintf(stderr, "bootlace: %v; beginning again (%d of %d)\n", explainTFTP(err), n, c.retries) // only a note
		}
		if err = try(); err == nil || final(err) || ctx.Err() != nil {
			break
		}
	}
	return explainTFTP(errors.Join(err, ctx.Err()))
}

func (c *tftpClient) get(cmd *cobra.Command, host, name string) error {
	if err := c.check(); err != nil {
		return err
	}
	output := c.output
	if output == "" {
		output = path.Base(name)
	}
	if output == "-" {
		out := &resumed{w: cmd.OutOrStdout()}
		return c.attempts(cmd.Context(), cmd.ErrOrStderr(), func() error {
			out.begin()
			return c.receive(cmd, host, name, out)
		})
	}
	return c.attempts(cmd.Context(), cmd.ErrOrStderr(), func() error { return c.getFile(cmd, host, name, output) })
}

// getFile writes beside the target and renames, so that no half file is left under its name.
func (c *tftpClient) getFile(cmd *cobra.Command, host, name, output string) error {
	f, err := os.CreateTemp(filepath.Dir(output), ".tftp-*")
	if err != nil {
		return local(err)
	}
	err = c.receive(cmd, host, name, f)
	if e := f.Close(); err == nil && e != nil {
		err = local(e)
	}
	if err == nil {
		err = local(errors.Join(os.Chmod(f.Name(), 0o644), os.Rename(f.Name(), output)))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// receive runs one transfer into w.
func (c *tftpClient) receive(cmd *cobra.Command, host, name string, w io.Writer) error {
	cl, err := c.client(host)
	if err != nil {
		return local(err)
	}
	from, err := cl.Receive(name, c.mode())
	if err != nil {
		return err
	}
	size := int64(-1)
	if t, ok := from.(tftp.IncomingTransfer); ok {
		if n, ok := t.Size(); ok {
			size = n
		}
	}
	bar := newProgress(cmd.ErrOrStderr(), c.quiet, name, size)
	defer bar.done()
	n, err := from.WriteTo(io.MultiWriter(stopping{cmd.Context(), w}, bar))
	if err == nil && size >= 0 && n != size {
		err = fmt.Errorf("got %d bytes, the server announced %d", n, size)
	}
	return err
}

func (c *tftpClient) put(cmd *cobra.Command, host, name string) error {
	if err := c.check(); err != nil {
		return err
	}
	input := c.input
	if input == "" {
		input = path.Base(name)
	}
	if input == "-" { // what was read is gone: no second attempt
		return explainTFTP(c.send(cmd, host, name, cmd.InOrStdin(), -1))
	}
	return c.attempts(cmd.Context(), cmd.ErrOrStderr(), func() error {
		f, err := os.Open(input)
		if err != nil {
			return local(err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return local(err)
		}
		return c.send(cmd, host, name, f, info.Size())
	})
}

// send runs one transfer out of r.
func (c *tftpClient) send(cmd *cobra.Command, host, name string, r io.Reader, size int64) error {
	cl, err := c.client(host)
	if err != nil {
		return local(err)
	}
	to, err := cl.Send(name, c.mode())
	if err != nil {
		return err
	}
	if t, ok := to.(tftp.OutgoingTransfer); ok && size >= 0 {
		t.SetSize(size)
	}
	bar := newProgress(cmd.ErrOrStderr(), c.quiet, name, size)
	defer bar.done()
	_, err = to.ReadFrom(io.TeeReader(stoppingReader{cmd.Context(), r}, bar))
	return err
}
