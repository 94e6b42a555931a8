// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/pin/tftp/v3"
	"github.com/spf13/cobra"
)

func newTFTPGetCommand() *cobra.Command {
	c := &tftpClient{}
	cmd := &cobra.Command{
		Use:   "get HOST[:PORT] NAME",
		Short: "Fetch a file over TFTP",
		Long: `Fetch a file over TFTP. It is written beside its final place and renamed when it is complete; a broken
transfer begins again. With '-o -' it goes to standard output, and a device or a named pipe is written to as it is.

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

func (c *tftpClient) get(cmd *cobra.Command, host, name string) error {
	if err := c.check(); err != nil {
		return err
	}
	output := c.output
	if output == "" {
		output = path.Base(name)
	}
	if output == "-" {
		return c.getStream(cmd, host, name, cmd.OutOrStdout())
	}
	if info, err := os.Stat(output); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return c.getDevice(cmd, host, name, output)
	}
	return c.attempts(cmd.Context(), cmd.ErrOrStderr(), func() error { return c.getFile(cmd, host, name, output) })
}

// getStream writes to what takes every byte once.
func (c *tftpClient) getStream(cmd *cobra.Command, host, name string, w io.Writer) error {
	out := &resumed{w: w}
	return c.attempts(cmd.Context(), cmd.ErrOrStderr(), func() error {
		out.begin()
		return c.receive(cmd, host, name, out)
	})
}

// getDevice writes into a device, a named pipe or the like, which a file in its place would not be.
func (c *tftpClient) getDevice(cmd *cobra.Command, host, name, output string) error {
	f, err := os.OpenFile(output, os.O_WRONLY, 0)
	if err != nil {
		return explainTFTP(local(err))
	}
	err = c.getStream(cmd, host, name, f)
	if e := f.Close(); err == nil {
		err = explainTFTP(local(e))
	}
	return err
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
