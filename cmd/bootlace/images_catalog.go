// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/catalog"
)

// offered is a family of the catalogue.
type offered struct {
	Family       string   `json:"family"`
	Names        []string `json:"names"` // of the versions that are known
	AnyVersion   bool     `json:"any_version"`
	Archs        []string `json:"archs"`
	About        string   `json:"about"`
	Fingerprints []string `json:"fingerprints"` // none: nothing vouches for it by name alone
	Here         []string `json:"here"`         // those that are pulled
}

func newImagesCatalogCommand() *cobra.Command {
	var k kept
	cmd := &cobra.Command{
		Use:   "catalog [FAMILY]",
		Short: "List what can be pulled by name",
		Long: `Lists what can be pulled by name: what this program knows, and what catalog.yaml of the configuration says beside it or
over it. PROOF says whether names alone are enough: signed, by keys whose fingerprints are known; or not, and
then --sha256, --key or --trust-on-first-use has to say. Nobody is asked.

` + imagesExitCodes,
		Example: `  bootlace images catalog
  bootlace images catalog debian --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := k.open()
			if err != nil {
				return err
			}
			all := []offered{}
			for _, family := range s.Catalog.Families() {
				if len(args) == 0 || args[0] == family {
					all = append(all, offeredOf(s.Catalog, namesOf(s.Vault), family))
				}
			}
			if len(all) == 0 {
				return usageError(fmt.Errorf("%s is not in the catalogue: %s", args[0], boot.Hint(args[0], s.Catalog.Families())))
			}
			return k.print(cmd.OutOrStdout(), all, func(out io.Writer) error { return listCatalog(out, all) })
		},
	}
	k.addTo(cmd)
	return cmd
}

func offeredOf(c *catalog.Catalog, here []string, family string) offered {
	e, _ := c.Entry(family)
	of := func(name string) bool { return strings.HasPrefix(name, family+"/") }
	o := offered{Family: family, Names: []string{}, AnyVersion: e.AnyVersion, Archs: slices.Sorted(maps.Keys(e.Arch)), About: e.About, Fingerprints: slices.Concat([]string{}, e.Keys.Fingerprints), Here: []string{}}
	for _, name := range c.Names() {
		if of(name) {
			o.Names = append(o.Names, name)
		}
	}
	for _, r := range e.Versions {
		o.Fingerprints = append(o.Fingerprints, r.Fingerprints...)
	}
	slices.Sort(o.Fingerprints)
	o.Fingerprints = slices.Compact(o.Fingerprints)
	for _, name := range here {
		if of(name) {
			o.Here = append(o.Here, name)
		}
	}
	return o
}

func listCatalog(out io.Writer, all []offered) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NAME\tPROOF\tHERE\tABOUT") // errors come from Flush
	for i := range all {
		o := &all[i]
		names := slices.Clone(o.Names)
		if o.AnyVersion {
			names = append(names, o.Family+"/VERSION")
		}
		proof := "signed"
		if len(o.Fingerprints) == 0 {
			proof = "none"
		}
		_, _ = fmt.Fprintln(w, cells(strings.Join(names, ", "), proof, strings.Join(o.Here, ", "), o.About))
	}
	return w.Flush()
}
