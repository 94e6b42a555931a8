// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/site"
)

// open reads the configuration and says what is wrong with it, if anything is.
func (p *place) open(stderr io.Writer) (*site.Site, error) {
	app, problems, err := site.Open(p.dir, p.over)
	if err != nil {
		return nil, err
	}
	if app == nil {
		errs, _ := split(problems)
		printProblems(stderr, errs, "")
		return nil, fmt.Errorf("the configuration has %s", count(len(errs), "mistake"))
	}
	return app, nil
}

func newCheckCommand() *cobra.Command {
	var p place
	var c checker
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Find every mistake in the configuration at once",
		Long: `Reads the configuration as 'bootlace serve' would, renders every file for every host, and prints all that
is wrong, each as file:line:column: what: what was expected. Warnings are about what is probably not meant
as written. Nothing is changed and no port is opened, so it is safe beside a running server.

Exit codes: 0 no mistakes; 1 mistakes (with --strict: or warnings); 2 wrong usage.`,
		Example: `  bootlace check --config /etc/bootlace
  bootlace check --config . --no-images --strict          # in CI, where the images are not
  bootlace check --config /etc/bootlace --json | jq '.errors[].what'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.run(cmd.OutOrStdout(), &p)
		},
	}
	p.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "print a JSON object with errors and warnings")
	cmd.Flags().BoolVar(&c.strict, "strict", false, "fail on warnings too")
	cmd.Flags().BoolVar(&c.noImages, "no-images", false, "do not look whether the images that profiles name exist")
	return cmd
}

type checker struct{ asJSON, strict, noImages bool }

func (c *checker) run(out io.Writer, p *place) error {
	app, problems, err := site.Open(p.dir, p.over)
	if err != nil {
		return err
	}
	if app != nil && !c.noImages {
		problems = append(problems, app.Missing()...)
		slices.SortStableFunc(problems, boot.CompareProblems)
	}
	errs, warnings := split(problems)
	if c.asJSON {
		err = printJSON(out, map[string][]finding{"errors": findings(errs), "warnings": findings(warnings)})
	} else {
		err = c.print(out, app, errs, warnings)
	}
	if err != nil {
		return err
	}
	return c.verdict(len(errs), len(warnings))
}

// print lists errors first, for they are what keeps the configuration from being used.
func (c *checker) print(out io.Writer, app *site.Site, errs, warnings []boot.Problem) error {
	printProblems(out, errs, "")
	printProblems(out, warnings, "warning: ")
	if len(errs) > 0 || app == nil {
		return nil
	}
	cat := app.Config.Catalog
	_, err := fmt.Fprintf(out, "%s, %s, %s: no mistakes\n", count(len(cat.Hosts()), "host"), count(len(cat.Groups()), "group"), count(len(cat.Profiles()), "profile"))
	return err
}

func (c *checker) verdict(errs, warnings int) error {
	switch {
	case errs > 0:
		return fmt.Errorf("%s and %s", count(errs, "mistake"), count(warnings, "warning"))
	case c.strict && warnings > 0:
		return errors.New(count(warnings, "warning"))
	}
	return nil
}

// finding is a problem for programs.
type finding struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	What     string `json:"what"`
	Expected string `json:"expected,omitempty"`
}

func findings(problems []boot.Problem) []finding {
	out := make([]finding, len(problems))
	for i, p := range problems {
		out[i] = finding{p.Pos.File, p.Pos.Line, p.Pos.Column, p.What, p.Expected}
	}
	return out
}

// split parts mistakes from warnings.
func split(problems []boot.Problem) (errs, warnings []boot.Problem) {
	for _, p := range problems {
		if p.Warning {
			warnings = append(warnings, p)
		} else {
			errs = append(errs, p)
		}
	}
	return errs, warnings
}

// printProblems writes one line each. Where a stream is closed there is nobody to tell.
func printProblems(out io.Writer, problems []boot.Problem, prefix string) {
	for _, p := range problems {
		what := boot.Problem{What: prefix + p.What, Expected: p.Expected}
		if at := p.Pos.String(); at != "" {
			_, _ = fmt.Fprintf(out, "%s: %s\n", at, what.Error())
		} else {
			_, _ = fmt.Fprintln(out, what.Error())
		}
	}
}

// count gives "1 host" or "2 hosts".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
