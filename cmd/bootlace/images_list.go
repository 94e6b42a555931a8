// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/secureboot"
	"github.com/bootlace-net/bootlace/internal/site"
)

// listed is an image with what the configuration makes of it.
type listed struct {
	*vault.Manifest
	Size     int64       `json:"size"`
	Trust    vault.Trust `json:"trust"` // of the least trusted of its files
	Uses     []string    `json:"used_by,omitempty"`
	HiddenBy string      `json:"hidden_by,omitempty"`

	SecureBoot *secureboot.Verdict `json:"secure_boot,omitempty"` // by what comes with it; nil: nothing of it is started by itself
}

func listedOf(s *site.Kept, m *vault.Manifest) listed {
	return listed{m, m.Size(), m.Weakest(), s.Uses(m.Name), s.HiddenBy(m.Name), site.SecureBootOf(s.Vault, m)}
}

func newImagesListCommand() *cobra.Command {
	var k kept
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the images that are here, and why they are trusted",
		Long: `Lists the images that are here. TRUST says why: openpgp, minisign and cosign are signatures by the key that show
names, sha256 is a digest that was given by hand. first-use is nothing: whatever came was taken.
MEMORY is what a machine needs at least. SECURE BOOT says whether it starts under that by what comes with it; whether
a machine's firmware trusts the shim, and by whom it is signed, says show; explain says it for a machine.

` + imagesExitCodes,
		Example: `  bootlace images list
  bootlace images list --json | jq -r '.[] | select(.trust == "first-use") | .name'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := k.open()
			if err != nil {
				return err
			}
			list, bad := s.Vault.List()
			all := []listed{}
			for _, m := range list {
				all = append(all, listedOf(s, m))
			}
			if err := k.print(cmd.OutOrStdout(), all, func(out io.Writer) error { return listImages(out, all) }); err != nil {
				return err
			}
			for _, err := range bad {
				_, _ = fmt.Fprintln(cmd.ErrOrStderr(), err) // nowhere left to report to
			}
			if len(bad) > 0 {
				return fmt.Errorf("%s cannot be used", count(len(bad), "manifest"))
			}
			return nil
		},
	}
	k.addTo(cmd)
	return cmd
}

func listImages(out io.Writer, all []listed) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NAME\tARCH\tSIZE\tTRUST\tMEMORY\tSECURE BOOT\tADDED\tUSED BY") // errors come from Flush
	for i := range all {
		l := &all[i]
		uses := strings.Join(l.Uses, ", ")
		if l.HiddenBy != "" {
			uses = "hidden by " + l.HiddenBy
		}
		_, _ = fmt.Fprintln(w, cells(l.Name, l.Arch, sizeText(l.Size), string(l.Trust), memoryText(l.LeastMemory), secureBootText(l.SecureBoot), at(l.Added), uses))
	}
	return w.Flush()
}

// secureBootText is a verdict in a word or two.
func secureBootText(v *secureboot.Verdict) string {
	switch {
	case v == nil:
		return "-"
	case v.Answer == secureboot.Yes:
		return string(v.Answer)
	}
	return string(v.Answer) + ", " + string(v.Code)
}

func newImagesShowCommand() *cobra.Command {
	var k kept
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Show an image: its files, its arguments, and where all of it came from",
		Long: `Shows what an image is made of, how it is started, where each file came from and why it is trusted.

` + imagesExitCodes,
		Example:           "  bootlace images show debian/12",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: k.complete,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := k.open()
			if err != nil {
				return err
			}
			m, err := find(s.Vault, args[0])
			if err != nil {
				return err
			}
			l := listedOf(s, m)
			return k.print(cmd.OutOrStdout(), l, func(out io.Writer) error { return showImage(out, &l) })
		},
	}
	k.addTo(cmd)
	return cmd
}

func showImage(out io.Writer, l *listed) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	line := func(key, text string) {
		if text != "" {
			_, _ = fmt.Fprintf(w, "%s\t%s\n", key, boot.Printable(text)) // errors come from Flush
		}
	}
	line("image", strings.TrimSuffix(l.Name+" ("+l.Title+")", " ()"))
	line("for", l.Arch)
	if l.LeastMemory > 0 {
		line("needs", fmt.Sprintf("%d MiB of memory", l.LeastMemory>>20))
	}
	if v := l.SecureBoot; v != nil {
		line("Secure Boot", fmt.Sprintf("%s: %s (%s)", v.Answer, v.Why, v.Code))
		if len(v.Needs) > 0 {
			line("", "the firmware has to trust "+strings.Join(v.Needs, " or "))
		}
	}
	line("arguments", strings.Join(l.Cmdline, " "))
	for _, f := range l.Files {
		if f.Role == vault.RoleISO && f.As != "" {
			line("in memory", l.Name+"/"+f.Path+" as "+f.As)
		}
	}
	for _, r := range l.Rewritten {
		line("rewritten", l.Name+"/"+r.Path+", for the machine that asks")
	}
	line("hidden by", l.HiddenBy)
	for i, use := range l.Uses {
		line([]string{"used by", ""}[min(i, 1)], use)
	}
	for i := range l.Files {
		f := &l.Files[i]
		line([]string{"files", ""}[min(i, 1)], fmt.Sprintf("%s %s/%s, %s, %s", f.Role, l.Name, f.Path, sizeText(f.Size), f.Digest))
	}
	for i := range l.Origins {
		line([]string{"from", ""}[min(i, 1)], originText(&l.Origins[i]))
	}
	return w.Flush()
}

// originText says where something came from, and why it is trusted.
func originText(o *vault.Origin) string {
	why := map[vault.Trust]string{
		vault.TrustFirstUse:  "TRUSTED ON FIRST USE: nothing has vouched for it",
		vault.TrustDigest:    "has the SHA-256 that was given by hand",
		vault.TrustInherited: "taken out of another one of these",
	}[o.Trust]
	if why == "" {
		why = fmt.Sprintf("signed (%s) by %s", o.Trust, o.Key)
		if o.Signature != "" {
			why += " in " + o.Signature
		}
		if !o.Signed.IsZero() {
			why += " at " + at(o.Signed)
		}
	}
	return fmt.Sprintf("%s at %s: %s", o.URL, at(o.Fetched), why)
}
