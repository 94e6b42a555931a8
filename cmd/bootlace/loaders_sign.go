// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images"
	"github.com/bootlace-net/bootlace/internal/pe"
)

// signing is what the flags of loaders sign say.
type signing struct{ key, cert, script, out string }

func newLoadersSignCommand() *cobra.Command {
	var p place
	var s signing
	cmd := &cobra.Command{
		Use:   "sign NAME|FILE --key KEY --cert CERT --out FILE",
		Short: "Sign an EFI program with a key of your own, for firmware that trusts its certificate",
		Long: `Signs a built-in loader, one of images/, or any EFI program (a kernel, GRUB) by its path, and writes the
signed one to --out. KEY is an RSA key of at least 2048 bits, CERT its certificate, with its chain behind
it; both are PEM. Signatures that are there already stay: a distribution's kernel goes on to start by its
shim, too. The same file and key give the same bytes.

A signed program cannot be changed any more. The iPXE builds that are built in have room for a script of
at most 131 bytes, which is filled in when they are served unsigned; --script fills one in before signing.
Without it a signed iPXE asks DHCP for its script, which costs one exchange.`,
		Example: `  bootlace loaders sign ipxe.efi --key db.key --cert db.pem --out images/ipxe.efi
  bootlace loaders sign /boot/vmlinuz --key db.key --cert db.pem --out images/vmlinuz`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			file, err := openLoader(app, args[0])
			if err != nil {
				return err
			}
			return s.run(cmd.OutOrStdout(), args[0], file)
		},
	}
	p.addFlags(cmd.Flags())
	cmd.Flags().StringVar(&s.key, "key", "", "the private key (PEM)")
	cmd.Flags().StringVar(&s.cert, "cert", "", "its certificate (PEM)")
	cmd.Flags().StringVar(&s.script, "script", "", "file with the script that iPXE is to run first")
	cmd.Flags().StringVarP(&s.out, "out", "o", "", "where to write the signed program")
	for _, name := range []string{"key", "cert", "out"} {
		_ = cmd.MarkFlagRequired(name) // fails for flags that there are not
	}
	return cmd
}

func (s *signing) run(out io.Writer, name string, file boot.File) error {
	defer func() { _ = file.Close() }() // only read
	key, chain, err := s.identity()
	if err != nil {
		return err
	}
	filled, err := s.fill(file)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	program, err := io.ReadAll(io.NewSectionReader(filled, 0, filled.Size()))
	if err != nil {
		return err
	}
	signed, err := pe.Sign(program, key, chain...)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err = placeFile(s.out, signed); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s: %s, signed by %s\n", s.out, name, pe.Name(chain[0]))
	return err
}

// fill puts the script into a build that has room for it.
func (s *signing) fill(file boot.File) (boot.File, error) {
	if s.script == "" {
		return file, nil
	}
	script, err := os.ReadFile(s.script)
	if err != nil {
		return nil, usageError(fmt.Errorf("--script: %w", err))
	}
	filled, err := images.PatchScript(file, string(script))
	if err != nil {
		return nil, fmt.Errorf("--script %s: %w", s.script, err)
	}
	return filled, nil
}

// placeFile writes a file at once: who has the old one open keeps it, and nobody sees half of the new one.
func placeFile(name string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".bootlace-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}
