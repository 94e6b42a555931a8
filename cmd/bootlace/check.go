// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/site"
)

// open reads the configuration and says what is wrong with it, if anything is.
func (p *place) open(stderr io.Writer) (*site.Site, error) {
	dir, err := p.config(stderr)
	if err != nil {
		return nil, err
	}
	app, problems, err := site.Open(dir, p.over)
	if err != nil {
		return nil, err
	}
	if app == nil {
		mistakes := 0
		for _, p := range problems {
			if !p.Warning {
				printProblem(stderr, p, "")
				mistakes++
			}
		}
		return nil, fmt.Errorf("the configuration has %s", count(mistakes, "mistake"))
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
is wrong, each as file:line:column: what: what was expected. Images and secrets are looked for, with the
rights of the user that will serve (server.user). Warnings are about what is probably not meant as written. Nothing is changed and no port is opened, so it is safe beside a running server.

Exit codes: 0 no mistakes; 1 mistakes (with --strict: or warnings); 2 wrong usage.`,
		Example: `  bootlace check --config /etc/bootlace
  bootlace check --config . --no-images --strict          # in CI, where the images are not
  bootlace check --config /etc/bootlace --json | jq '.errors[].what'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := p.config(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return c.run(cmd.OutOrStdout(), dir, p.over)
		},
	}
	p.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "print a JSON object with errors and warnings")
	cmd.Flags().BoolVar(&c.strict, "strict", false, "fail on warnings too")
	cmd.Flags().BoolVar(&c.noImages, "no-images", false, "do not look for images and secrets, nor at who may read them: another machine has them")
	return cmd
}

type checker struct{ asJSON, strict, noImages bool }

func (c *checker) run(out io.Writer, dir string, over site.Overrides) error {
	app, found, err := site.Check(dir, over, c.noImages)
	if err != nil {
		return err
	}
	if c.asJSON {
		err = printJSON(out, found)
	} else {
		err = c.print(out, app, found)
	}
	if err != nil {
		return err
	}
	return c.verdict(found.Counts())
}

// print lists errors first, for they are what keeps the configuration from being used.
func (c *checker) print(out io.Writer, app *site.Site, found site.Findings) error {
	for _, f := range found.Errors {
		printProblem(out, f.Problem(), "")
	}
	for _, f := range found.Warnings {
		printProblem(out, f.Problem(), "warning: ")
	}
	if len(found.Errors) > 0 || app == nil {
		return nil
	}
	cat := app.Catalog
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

// printProblem writes one line. Where a stream is closed there is nobody to tell.
func printProblem(out io.Writer, p boot.Problem, prefix string) {
	what := boot.Problem{What: prefix + p.What, Expected: p.Expected}
	if at := p.Pos.String(); at != "" {
		_, _ = fmt.Fprintf(out, "%s: %s\n", at, what.Error())
	} else {
		_, _ = fmt.Fprintln(out, what.Error())
	}
}

// count gives "1 host" or "2 hosts".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
