// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
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
