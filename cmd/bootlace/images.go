// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/site"
)

const imagesExitCodes = `Exit codes: 0 done; 1 it did not work, or something is wrong with an image; 2 wrong usage; 3 the system refused.`

func newImagesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "images",
		Short: "Pull images of operating systems, verified, and see to those that are here",
		Long: `Images are what profiles boot by name (image: debian/12): a kernel with its initrds and arguments, a medium, or
a program. They are kept by what their bytes are, in server.vault, and each says where it came from and why
it is trusted. Nothing is fetched unless somebody says so.

A directory of the operator's own images (server.images) that has the name of an image hides that.

` + imagesExitCodes,
		Example: `  bootlace images catalog
  bootlace images pull debian/12
  bootlace images list`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newImagesPullCommand(), newImagesImportCommand(), newImagesListCommand(), newImagesShowCommand(), newImagesVerifyCommand(),
		newImagesRmCommand(), newImagesGCCommand(), newImagesCatalogCommand())
	return cmd
}

// kept are the flags that say which images are meant, and how they are printed.
type kept struct {
	place
	asJSON bool
	stderr func() io.Writer
}

func (k *kept) addTo(cmd *cobra.Command) {
	k.stderr = cmd.ErrOrStderr
	k.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&k.asJSON, "json", false, "as JSON")
}

func (k *kept) open() (*site.Kept, error) { return k.openFor(k.stderr()) }

// openFor tells stderr which configuration it read, if the command line does not say it.
func (k *kept) openFor(stderr io.Writer) (*site.Kept, error) {
	dir, err := k.config(stderr)
	if err != nil {
		return nil, err
	}
	return site.OpenKept(dir, k.over)
}

// print writes JSON, or what text does.
func (k *kept) print(out io.Writer, v any, text func(out io.Writer) error) error {
	if k.asJSON {
		return printJSON(out, v)
	}
	return text(out)
}

// complete gives a shell the names of images.
func (k *kept) complete(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	s, err := k.openFor(io.Discard)
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return namesOf(s.Vault), cobra.ShellCompDirectiveNoFileComp
}

func namesOf(v *vault.Vault) (names []string) {
	list, _ := v.List()
	for _, m := range list {
		names = append(names, m.Name)
	}
	return names
}

// find gives an image, or says which there are.
func find(v *vault.Vault, name string) (*vault.Manifest, error) {
	if m := v.Image(name); m != nil {
		return m, nil
	}
	return nil, noSuchImage(v, name)
}

func noSuchImage(v *vault.Vault, name string) error {
	hint := "there are none yet: bootlace images pull gets one"
	if names := namesOf(v); len(names) > 0 {
		hint = boot.Hint(name, names)
	}
	return usageError(fmt.Errorf("no image is named %s: %s", name, hint))
}

func newImagesRmCommand() *cobra.Command {
	var k kept
	cmd := &cobra.Command{
		Use:   "rm NAME",
		Short: "Remove an image, with the files that no other one needs",
		Long: `Removes an image. One that a profile names is refused. Machines that are fetching it get it to the end.

` + imagesExitCodes,
		Example:           "  bootlace images rm debian/12",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: k.complete,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := k.open()
			if err != nil {
				return err
			}
			if uses := s.Uses(args[0]); len(uses) > 0 {
				return fmt.Errorf("image %s is needed by %s: change that first", args[0], strings.Join(uses, ", "))
			}
			freed, err := s.Vault.Remove(cmd.Context(), args[0])
			if errors.Is(err, fs.ErrNotExist) {
				return noSuchImage(s.Vault, args[0])
			} else if err != nil {
				return err
			}
			return k.print(cmd.OutOrStdout(), freed, freedText("removed "+args[0]+", ", freed))
		},
	}
	k.addTo(cmd)
	return cmd
}

func newImagesGCCommand() *cobra.Command {
	var k kept
	cmd := &cobra.Command{
		Use:   "gc",
		Short: "Free what no image needs: files of images that were replaced, and unfinished downloads",
		Long: `Removes files that no image needs any more, and what is left of downloads that were broken off. Downloads that are
going on are left alone, whatever program does them.

` + imagesExitCodes,
		Example: "  bootlace images gc",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := k.open()
			if err != nil {
				return err
			}
			freed, err := s.Vault.GC(cmd.Context())
			if err != nil {
				return err
			}
			return k.print(cmd.OutOrStdout(), freed, freedText("", freed))
		},
	}
	k.addTo(cmd)
	return cmd
}

func freedText(before string, f vault.Freed) func(io.Writer) error {
	return func(out io.Writer) error {
		_, err := fmt.Fprintf(out, "%sfreed %s: %s, %s\n", before, sizeText(f.Bytes), count(f.Blobs, "file"), count(f.Partials, "unfinished download"))
		return err
	}
}
