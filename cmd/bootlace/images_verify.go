// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/images/vault"
)

// verdict is what came of reading images.
type verdict struct {
	Files  int              `json:"files"`
	Bytes  int64            `json:"bytes"`
	Rotten []vault.Verified `json:"rotten"`
}

func newImagesVerifyCommand() *cobra.Command {
	var k kept
	cmd := &cobra.Command{
		Use:   "verify [NAME]",
		Short: "Read every byte of all images, or of one, and say what is not any more what it was",
		Long: `Reads every file and compares it with its digest. A file that was changed is named; it is not served, and pulling its
image again mends it.

Exit codes: 0 all is as it was; 1 something is not; 2 wrong usage, or no such image.`,
		Example: `  bootlace images verify
  bootlace images verify debian/12 --json | jq .rotten`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: k.complete,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := k.open()
			if err != nil {
				return err
			}
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			v := verdict{Rotten: []vault.Verified{}}
			err = s.Vault.Verify(cmd.Context(), name, v.add)
			if errors.Is(err, fs.ErrNotExist) {
				return noSuchImage(s.Vault, name)
			}
			return errors.Join(k.print(cmd.OutOrStdout(), v, v.print), err, v.err())
		},
	}
	k.addTo(cmd)
	return cmd
}

func (v *verdict) add(f vault.Verified) {
	v.Files, v.Bytes = v.Files+1, v.Bytes+f.Size
	if f.Rot != "" {
		v.Rotten = append(v.Rotten, f)
	}
}

func (v *verdict) print(out io.Writer) error {
	for _, f := range v.Rotten {
		if _, err := fmt.Fprintf(out, "%s/%s: %s\n", f.Image, f.Path, f.Rot); err != nil {
			return err
		}
	}
	if len(v.Rotten) > 0 {
		return nil
	}
	_, err := fmt.Fprintf(out, "%s, %s: all as they were\n", count(v.Files, "file"), sizeText(v.Bytes))
	return err
}

func (v *verdict) err() error {
	if len(v.Rotten) == 0 {
		return nil
	}
	return fmt.Errorf("%s of %d changed: bootlace images pull gets them again", count(len(v.Rotten), "file"), v.Files)
}
