// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/secureboot"
	"github.com/bootlace-net/bootlace/internal/site"
)

func newLoadersCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "loaders",
		Short: "The programs that firmware starts: what they are, who signed them, and to sign them",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newLoadersListCommand(), newLoadersShowCommand(), newLoadersAddCommand(), newLoadersSignCommand())
	return cmd
}

// loader is a program as it is listed.
type loader struct {
	Name     string             `json:"name"`
	CPU      pe.Machine         `json:"cpu"`
	Kind     pe.Kind            `json:"kind"`
	Version  string             `json:"version,omitempty"`
	Signed   string             `json:"signed"` // signed, unsigned, invalid
	By       []string           `json:"by,omitempty"`
	BuiltIn  bool               `json:"built_in"`
	Verdict  secureboot.Verdict `json:"secure_boot"`
	Program  *pe.Program        `json:"-"`
	Problems string             `json:"problems,omitempty"`
}

func newLoadersListCommand() *cobra.Command {
	var p place
	var f firmwareFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the EFI programs that are built in or in images/: for which machine, of which version, signed by whom",
		Long: `Lists every file of images/ that ends in .efi or .signed, and the loaders that are built in, as they are
read: for which machine, of which version, and by whom their signatures are. The last column says whether
firmware with Secure Boot on starts it, when a machine loads it first; of a firmware whose variables are
given by --db and --dbx, or else of one of which nothing is known.`,
		Example: `  bootlace loaders list
  bootlace loaders list --config /etc/bootlace --db db-machine7.esl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			firmware, err := f.firmware()
			if err != nil {
				return err
			}
			rows := loadersOf(app, firmware)
			if asJSON {
				return printJSON(cmd.OutOrStdout(), rows)
			}
			return listLoaders(cmd.OutOrStdout(), rows)
		},
	}
	p.addFlags(cmd.Flags())
	f.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// loadersOf reads all of them.
func loadersOf(app *site.Site, firmware secureboot.Firmware) (rows []loader) {
	for _, name := range app.Images.Names() {
		switch strings.ToLower(path.Ext(name)) {
		case ".efi", ".signed":
			rows = append(rows, readLoader(app, name, firmware))
		}
	}
	return rows
}

func readLoader(app *site.Site, name string, firmware secureboot.Firmware) loader {
	row := loader{Name: name, BuiltIn: app.Images.BuiltIn(name)}
	f, err := app.Images.Open(name)
	if err == nil {
		row.Program, err = pe.Read(f, f.Size())
		err = errors.Join(err, f.Close())
	}
	if err != nil || row.Program == nil {
		row.Problems = fmt.Sprint(err)
		return row
	}
	q := row.Program
	row.CPU, row.Kind, row.Version, row.Signed = q.Machine, q.Kind, q.Version, q.Signed()
	for i := range q.Signatures {
		for _, c := range q.Signatures[i].Signers {
			row.By = append(row.By, cmp.Or(c.Issuer.CommonName, c.Issuer.String()))
		}
	}
	row.Verdict = secureboot.Judge(firmware, []secureboot.Link{{Name: name, Program: q}})
	return row
}

func listLoaders(out io.Writer, rows []loader) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NAME\tMACHINE\tWHAT\tFROM\tSIGNED BY\tSECURE BOOT") // errors come from Flush
	for _, r := range rows {
		if r.Program == nil {
			_, _ = fmt.Fprintf(w, "%s\t-\t%s\t%s\t-\t-\n", r.Name, r.Problems, origin(r))
			continue
		}
		what := strings.TrimSpace(string(r.Kind) + " " + r.Version)
		by := cmp.Or(strings.Join(r.By, ", "), "nobody")
		if r.Signed == "invalid" {
			by += " (invalid)"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.CPU, what, origin(r), by, r.Verdict.Answer)
	}
	return w.Flush()
}

func origin(r loader) string {
	if r.BuiltIn {
		return "built in"
	}
	return "images"
}
