// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"os"
	"path"

	"github.com/pin/tftp/v3"
	"github.com/spf13/cobra"
)

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
	if info, err := os.Stat(input); err == nil && !info.Mode().IsRegular() {
		return c.putDevice(cmd, host, name, input)
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

// putDevice sends what comes out of a device, a named pipe or the like: as with standard input nobody knows how much that is, and
// it comes once.
func (c *tftpClient) putDevice(cmd *cobra.Command, host, name, input string) error {
	f, err := os.Open(input)
	if err != nil {
		return explainTFTP(local(err))
	}
	defer f.Close()
	return explainTFTP(c.send(cmd, host, name, f, -1))
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
