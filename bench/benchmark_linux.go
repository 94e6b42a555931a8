// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/bench/load"
	"github.com/bootlace-net/bootlace/bench/report"
)

// bench is one run of the program.
type bench struct {
	*options
	out     io.Writer
	root    string // what the servers serve
	self    string
	entries []entry
	report  report.Report
}

// benchmark runs everything and writes the results; an interrupt ends it early and keeps what there is.
func benchmark(ctx context.Context, o *options, out io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	b := &bench{options: o, out: out, self: self, entries: contestants(o, self)}
	b.root, err = os.MkdirTemp("", "root-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.root) }()
	if err := os.Chmod(b.root, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.root, warmName), load.Content(warmSize), 0o644); err != nil {
		return err
	}
	b.report.Servers = map[string]string{}
	for _, e := range b.entries {
		b.report.Servers[e.Name] = strings.TrimSpace(e.version + e.missing)
		b.printf("%-22s %s\n", e.Name, b.report.Servers[e.Name])
	}
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{{"tftp", b.tftp}, {"amplification", b.amplification}, {"dhcp", b.dhcp}, {"http", b.http}} {
		if slices.Contains(o.skip, part.name) || ctx.Err() != nil {
			continue
		}
		if err := part.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	b.report.Verdicts = verdicts(&b.report)
	if !o.whole() { // a part of the matrix leaves most goals open, which says nothing
		b.report.Verdicts = slices.DeleteFunc(b.report.Verdicts, func(v report.Verdict) bool { return !v.Known })
	}
	return b.write()
}

// printf tells how far it is; a terminal that is gone stops nothing.
func (b *bench) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(b.out, format, args...)
}

// write prints the tables and fills the files asked for.
func (b *bench) write() error {
	b.printf("\n")
	if err := b.report.Markdown(b.out); err != nil {
		return err
	}
	var plotted []string
	for _, t := range trials(b.options) {
		if t.plot {
			plotted = append(plotted, t.name)
		}
	}
	for _, f := range []struct {
		path  string
		write func(io.Writer) error
	}{
		{b.markdown, b.report.Markdown},
		{b.json, b.report.JSON},
		{b.svg, func(w io.Writer) error { return b.report.SVG(w, plotted...) }},
	} {
		if f.path == "" {
			continue
		}
		var text strings.Builder
		if err := f.write(&text); err != nil {
			return err
		}
		if err := save(f.path, text.String()); err != nil {
			return err
		}
	}
	return nil
}
