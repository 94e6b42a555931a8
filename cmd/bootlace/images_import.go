// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/internal/isoimage"
)

func newImagesImportCommand() *cobra.Command {
	var k kept
	var p pulling
	cmd := &cobra.Command{
		Use:   "import FILE.iso",
		Short: "Make an image of an installation medium, without unpacking it",
		Long: `Finds out, by what is inside, which system a medium holds and how it boots from the network, and keeps it as an image:
its kernel, initrds and arguments, and all that machines fetch then, served from where it lies in the medium. Nothing
is copied out of it. A medium that does not boot from the network is refused with the reason, and what to take instead.

What vouches for the medium is said as for pull: --sha256, --signature or --sums with --key, or --trust-on-first-use.

` + imagesExitCodes,
		Example: `  bootlace images import debian-live-12.7.0-amd64-standard.iso --sums SHA256SUMS --signature SHA256SUMS.sign --key debian.asc
  bootlace images import rescue.iso --name rescue/1 --trust-on-first-use`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := k.open()
			if err != nil {
				return err
			}
			if p.name == "" {
				if p.name, err = nameOfMedium(args[0]); err != nil {
					return err
				}
			}
			r, err := p.request(s, []string{"iso=" + args[0]})
			if err != nil {
				return err
			}
			r.Import = true
			return k.pull(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), s, r)
		},
	}
	k.addTo(cmd)
	p.addFlags(cmd.Flags())
	return cmd
}

// nameOfMedium asks the medium what it is.
func nameOfMedium(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	name := isoimage.Name(f, info.Size())
	if name == "" {
		return "", usageError(errors.New("the medium does not say what it is: expected --name, as family/version"))
	}
	return name, nil
}
