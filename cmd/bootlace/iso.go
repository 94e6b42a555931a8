// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/internal/iso"
	"github.com/bootlace-net/bootlace/internal/media"
)

func newISOCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "iso",
		Short: "Look into installation media, without mounting or unpacking them",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newISOListCommand(), newISOCheckCommand())
	return cmd
}

func newISOListCommand() *cobra.Command {
	var view string
	cmd := &cobra.Command{
		Use:   "list FILE",
		Short: "List what an ISO 9660 or UDF image holds",
		Long: `Reads the tree of an ISO 9660 image (with Rock Ridge or Joliet) or a UDF image (1.02 to 2.60) and prints every
file, directory and link with its mode and its size in bytes. Files of more than 4 GiB are whole.

Exit codes: 0 done; 1 the image cannot be read: the message says what is wrong with it, and where; 2 wrong usage.`,
		Example: `  bootlace iso list debian-12.7.0-amd64-netinst.iso
  bootlace iso list --view UDF windows.iso`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withImage(args[0], iso.View(view), func(im *iso.Image, _ int64) error { return listImage(cmd.OutOrStdout(), im) })
		},
	}
	cmd.Flags().StringVar(&view, "view", "", `"Rock Ridge", "UDF", "Joliet" or "ISO 9660", where an image has several (default: the first of these that it has)`)
	return cmd
}

func newISOCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Say what an installation medium is, and how it boots from the network",
		Long: `Says what system a medium holds, by what is inside of it and never by its name: its version and architecture, which
kernel and initrds to start with which arguments, what else is fetched, the least memory, and whether Secure Boot lets it.
{url} in arguments stands for where the medium's files are served. What cannot boot from the network gets the reason, and
what to take instead.

Exit codes: 0 it boots from the network; 1 it does not, or cannot be read; 2 wrong usage.`,
		Example: `  bootlace iso check ubuntu-24.04.1-live-server-amd64.iso`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withImage(args[0], "", func(im *iso.Image, size int64) error { return checkImage(cmd.OutOrStdout(), im, size) })
		},
	}
}

// withImage opens an image for as long as do takes.
func withImage(path string, view iso.View, do func(im *iso.Image, size int64) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd) // devices have no size to ask for
	if err != nil {
		return err
	}
	im, err := iso.NewView(f, size, view)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return do(im, size)
}

func listImage(out io.Writer, im *iso.Image) error {
	return im.Walk(func(path string, e *iso.Entry) error {
		if e.Mode&fs.ModeSymlink != 0 {
			path += " -> " + e.Link
		}
		_, err := fmt.Fprintf(out, "%v %12d %s\n", e.Mode, e.Size, path)
		return err
	})
}

func checkImage(out io.Writer, im *iso.Image, size int64) error {
	m := media.Recognise(im, size)
	lines := append([]string{"image: " + string(im.View)}, m.Lines()...)
	for _, b := range im.Boot {
		lines = append(lines, fmt.Sprintf("El Torito: %s, %d bytes at byte %d %s", b.Platform, b.Extent.Length, b.Extent.Offset, b.Path))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	if m.Refusal != nil {
		return errors.New("this medium does not boot from the network as it is")
	}
	return nil
}
