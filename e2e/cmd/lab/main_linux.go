// SPDX-License-Identifier: Apache-2.0

// Command lab boots real firmware in QEMU from a Bootlace built of this tree, with the serial console shown as it comes.
//
//	lab cases              what there is
//	lab show CASE...       the YAML it boots from
//	lab boot CASE...       boot, show how it went
//	lab boot all           everything
//	lab table REPORT       put a report into docs/firmware.md
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/bootlace-net/bootlace/e2e"
	"github.com/bootlace-net/bootlace/e2e/target"
)

const usage = `Boots real firmware in QEMU from Bootlace, in network namespaces of its own. Needs root.

  lab cases                     what there is
  lab show CASE...              the YAML that it boots from
  lab boot [flags] CASE...      boot it and show the serial console ("all" boots everything)
  lab table REPORT [DOCUMENT]   put the report of "lab boot -report REPORT all" into docs/firmware.md

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
	jobs           int
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
	flags.IntVar(&o.jobs, "jobs", 1, "boot so many at once; more than one implies -quiet")
	flags.StringVar(&o.keep, "keep", "", "keep captures, logs and configuration of the boots in this `directory`")
	flags.StringVar(&o.report, "report", "", "write a table of the boots to this `file`")
	if len(args) == 0 {
		flags.Usage()
		return exitUsage
	}
	if err := flags.Parse(args[1:]); err != nil {
		return exitUsage
	}
	if args[0] == "table" {
		return table(flags.Args(), stderr)
	}
	initrds, err := target.MakeInitrds()
	if err == nil {
		switch args[0] {
		case "cases":
			return list(stdout, e2e.Cases(initrds))
		case "show":
			return showYAML(pick(e2e.Cases(initrds), flags.Args()), stdout, stderr)
		case "boot":
			return boot(ctx, o, pick(e2e.Cases(initrds), flags.Args()), stdout, stderr)
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
	o.quiet = o.quiet || o.jobs > 1
	if !o.quiet {
		r.Live = stdout
	}
	results := make([]e2e.Result, len(cases))
	var next atomic.Int64
	var showing sync.Mutex
	var workers sync.WaitGroup
	for range max(1, o.jobs) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(cases) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				results[i] = r.Boot(ctx, cases[i])
				showing.Lock()
				show(stdout, o, results[i])
				showing.Unlock()
			}
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
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

// firmwareTable is where the results are published, from the root of the module.
const firmwareTable = "docs/firmware.md"

func table(args []string, stderr io.Writer) int {
	if len(args) == 1 {
		args = append(args, firmwareTable)
	}
	if len(args) != 2 {
		say(stderr, "lab: lab table REPORT [DOCUMENT]")
		return exitUsage
	}
	if err := e2e.PutTableFile(args[1], args[0]); err != nil {
		say(stderr, "lab:", err)
		return exitFailed
	}
	return exitOK
}
