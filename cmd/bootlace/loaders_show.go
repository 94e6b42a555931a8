// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/secureboot"
	"github.com/bootlace-net/bootlace/internal/site"
)

func newLoadersShowCommand() *cobra.Command {
	var p place
	var f firmwareFlags
	cmd := &cobra.Command{
		Use:   "show NAME|FILE",
		Short: "Say all that an EFI program says of itself: its generations, every signature, and whom a shim trusts",
		Example: `  bootlace loaders show ipxe.efi
  bootlace loaders show /usr/lib/shim/shimx64.efi.signed`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			firmware, err := f.firmware()
			if err != nil {
				return err
			}
			file, err := openLoader(app, args[0])
			if err != nil {
				return err
			}
			program, err := pe.Read(file, file.Size())
			if err = errors.Join(err, file.Close()); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return showLoader(cmd.OutOrStdout(), args[0], program, firmware)
		},
	}
	p.addFlags(cmd.Flags())
	f.addFlags(cmd.Flags())
	return cmd
}

// mostOfALoader is the longest program that is read whole, in bytes: a kernel with its initrd.
const mostOfALoader = 512 << 20

// openLoader opens a program by its name in the store, or, if it has no such name, by its path on disk.
func openLoader(app *site.Site, name string) (boot.File, error) {
	f, err := app.Images.Open(name)
	if err == nil {
		return f, nil
	}
	info, serr := os.Stat(name)
	switch {
	case errors.Is(serr, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: neither a file nor one of images/: expected a name of bootlace loaders list, or a path", name)
	case serr != nil:
		return nil, serr
	case !info.Mode().IsRegular() || info.Size() > mostOfALoader:
		return nil, fmt.Errorf("%s: expected a regular file of at most %d bytes", name, mostOfALoader)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return boot.NewMemFile(b, info.ModTime()), nil
}

func showLoader(out io.Writer, name string, p *pe.Program, f secureboot.Firmware) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	line := func(key, text string) { _, _ = fmt.Fprintf(w, "%s\t%s\n", key, text) } // errors come from Flush
	line("program", p.String())
	line("digest", "Authenticode SHA-256 "+hex.EncodeToString(p.Digest[:]))
	line("memory", map[bool]string{true: "NX: never both written and run", false: "not marked for NX, which firmware may come to demand"}[p.NX])
	for i, c := range p.SBAT {
		line([]string{"SBAT", ""}[min(i, 1)], fmt.Sprintf("%s,%d %s", c.Name, c.Generation, c.Version))
	}
	for i := range p.Signatures {
		showSignature(line, &p.Signatures[i])
	}
	if s := p.Shim; s != nil {
		var names []string
		for _, c := range s.Trusted.Certificates {
			names = append(names, pe.Name(c))
		}
		line("starts", "programs of "+cmp.Or(strings.Join(names, ", "), "nobody")+", of the firmware's db, and of the owner's MOK list")
		line("refuses", fmt.Sprintf("%d programs, %d certificates; SBAT levels %s and %s", len(s.Revoked.Programs), len(s.Revoked.Certificates)+len(s.Revoked.Revoked), s.Older.Date, s.Newer.Date))
	}
	v := secureboot.Judge(f, []secureboot.Link{{Name: name, Program: p}})
	line("firmware", "with Secure Boot: "+string(v.Answer)+": "+strings.TrimPrefix(v.Why, name+": "))
	return w.Flush()
}

func showSignature(line func(key, text string), s *pe.Signature) {
	key, state := "signed by", ""
	if s.Err != nil {
		state = " (INVALID: " + s.Err.Error() + ")"
	}
	for _, c := range s.Signers {
		line(key, fmt.Sprintf("%s, of %s, until %s%s", pe.Name(c), cmp.Or(c.Issuer.CommonName, c.Issuer.String()), c.NotAfter.Format("2006-01-02"), state))
		key, state = "", ""
	}
	if len(s.Signers) == 0 {
		line(key, "nobody who can be named"+state)
	}
}
