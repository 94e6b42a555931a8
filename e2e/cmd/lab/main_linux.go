// SPDX-License-Identifier: Apache-2.0

// Command lab boots real firmware in QEMU from a Bootlace built of this tree, with the serial console shown as it comes.
//
//	lab cases              what there is
//	lab boot CASE...       boot, show how it went
//	lab boot all           everything, one after another
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/bootlace-net/bootlace/e2e"
	"github.com/bootlace-net/bootlace/e2e/target"
)

const usage = `Boots real firmware in QEMU from Bootlace, in network namespaces of its own. Needs root.

  lab cases                     what there is
  lab boot [flags] CASE...      boot it and show the serial console ("all" boots everything)

Exit codes: 0 all booted as they should, 1 one did not, 2 the lab could not be used.
`

// Exit codes.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options of a boot.
type options struct {
	quiet, packets bool
	keep           string
	report         string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("lab", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { say(stderr, usage); flags.PrintDefaults() }
	flags.BoolVar(&o.quiet, "quiet", false, "do not show the serial console")
	flags.BoolVar(&o.packets, "packets", false, "show the packets, decoded")
	flags.StringVar(&o.keep, "keep", "", "keep captures, logs and configuration of the boots in this `directory`")
	flags.StringVar(&o.report, "report", "", "write a table of the boots to this `file`")
	if len(args) == 0 {
		flags.Usage()
		return exitUsage
	}
	if err := flags.Parse(args[1:]); err != nil {
		return exitUsage
	}
	initrd, err := target.Initrd()
	if err == nil {
		switch args[0] {
		case "cases":
			return list(stdout, e2e.Cases(initrd))
		case "boot":
			return boot(ctx, o, pick(e2e.Cases(initrd), flags.Args()), stdout, stderr)
		default:
			flags.Usage()
			return exitUsage
		}
	}
	say(stderr, "lab:", err)
	return exitUsage
}

// say prints a line; there is nothing to be done about a terminal that is gone.
func say(w io.Writer, words ...any) { _, _ = fmt.Fprintln(w, words...) }

func list(w io.Writer, cases []e2e.Case) int {
	for _, c := range cases {
		say(w, fmt.Sprintf("%-24s %s", c.Name, c.About))
	}
	return exitOK
}

// pick gives the cases of these names, nil if there is one that is not known.
func pick(cases []e2e.Case, names []string) []e2e.Case {
	if slices.Equal(names, []string{"all"}) {
		return cases
	}
	var out []e2e.Case
	for _, n := range names {
		c, ok := e2e.Find(cases, n)
		if !ok {
			return nil
		}
		out = append(out, c)
	}
	return out
}

func boot(ctx context.Context, o options, cases []e2e.Case, stdout, stderr io.Writer) int {
	if len(cases) == 0 {
		say(stderr, "lab: no such case: `lab cases` lists them")
		return exitUsage
	}
	results, err := bootAll(ctx, o, cases, stdout)
	if err != nil {
		say(stderr, "lab:", err)
		return exitUsage
	}
	for _, r := range results {
		if r.Err != nil {
			return exitFailed
		}
	}
	return exitOK
}

func bootAll(ctx context.Context, o options, cases []e2e.Case, stdout io.Writer) ([]e2e.Result, error) {
	r, err := e2e.NewRunner(ctx, o.keep)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if !o.quiet {
		r.Live = stdout
	}
	var results []e2e.Result
	for _, c := range cases {
		if ctx.Err() != nil {
			return results, context.Cause(ctx)
		}
		res := r.Boot(ctx, c)
		results = append(results, res)
		show(stdout, o, res)
	}
	return results, report(o.report, results)
}

func show(w io.Writer, o options, res e2e.Result) {
	say(w)
	switch {
	case res.Err != nil:
		say(w, res.Evidence())
	case o.packets:
		say(w, res.Trace)
	case !o.quiet:
		say(w, res.Steps())
	}
	say(w, res.Line())
	if o.keep != "" {
		say(w, "kept in", res.Dir)
	}
}

func report(file string, results []e2e.Result) error {
	if file == "" {
		return nil
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := e2e.WriteReport(f, results); err != nil {
		return err
	}
	return f.Close()
}
