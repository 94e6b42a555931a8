// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/images/loaders"
)

func newLoadersAddCommand() *cobra.Command {
	var p place
	var sum string
	var replace bool
	cmd := &cobra.Command{
		Use:   "add NAME SOURCE...",
		Short: "Make a set of loaders out of an archive, a Debian package or a directory",
		Long: `Takes the programs for firmware out of tar archives (gzip, xz, zstd or plain), Debian packages and
directories, and puts them below images/loaders/NAME with a manifest that says for which machine each is,
of which version, and who signed it. Nothing is there until everything is. Debian's names become those
that shim looks for: shimx64.efi.signed is stored as shimx64.efi, grubnetx64.efi.signed as grubx64.efi.

What is printed with an arrow is what a machine is to start first: name it in a profile, as
loader: {uefi-x64: loaders/NAME/FILE}.`,
		Example: `  bootlace loaders add debian /usr/lib/shim /usr/lib/grub/x86_64-efi-signed
  bootlace loaders add ipxe-2.0 ipxe_2.0.0+dfsg-5_all.deb
  bootlace loaders add ipxe-signed ipxeboot.tar.gz --sha256 01a5...`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			if err = checkSum(sum, args[1:]); err != nil {
				return err
			}
			set, err := loaders.Add(app.ImagesDir(), args[0], replace, time.Now(), args[1:]...)
			if err != nil {
				return err
			}
			return showSet(cmd.OutOrStdout(), set)
		},
	}
	p.addFlags(cmd.Flags())
	cmd.Flags().StringVar(&sum, "sha256", "", "what the SHA-256 of the source must be, which is a file then; else nothing is taken from it")
	cmd.Flags().BoolVar(&replace, "replace", false, "put it in place of the set of that name")
	return cmd
}

// checkSum compares a source with what it should be.
func checkSum(want string, sources []string) error {
	if want == "" {
		return nil
	}
	if len(sources) != 1 {
		return usageError(errors.New("--sha256 is of one source: expected one only"))
	}
	f, err := os.Open(sources[0])
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if is := hex.EncodeToString(h.Sum(nil)); !strings.EqualFold(is, want) {
		return fmt.Errorf("%s: its SHA-256 is %s, expected %s: nothing was taken from it", sources[0], is, want)
	}
	return nil
}

func showSet(out io.Writer, s *loaders.Set) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintf(w, "\tMACHINE\tFILE\tROLE\tVERSION\tSIGNED BY\n") // errors come from Flush
	for _, f := range s.Files {
		mark := ""
		if first, ok := s.First(f.CPU); ok && first.Path == f.Path {
			mark = "->"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", mark, f.CPU, loaders.Dir+"/"+s.Name+"/"+f.Path, f.Role, cmp.Or(f.Version, "-"), cmp.Or(strings.Join(f.SignedBy, ", "), "nobody"))
	}
	return w.Flush()
}
