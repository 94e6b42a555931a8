// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var errUsage = errors.New("usage")

// options are the flags.
type options struct {
	quick, list          bool
	rounds, workers      int
	markdown, svg, json  string
	bootlace             string
	dnsmasq, hpa, atftpd string
	only, skip           []string
	match                *regexp.Regexp
	custom               custom
	limit, timeout       time.Duration
	amplify              time.Duration
	seed                 uint64
}

// custom is a cross product of cases asked for by flags; no clients: the built-in matrix.
type custom struct {
	clients, blksizes, windows []int
	losses                     []float64
	rtt                        time.Duration
	size, transfers            int
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.BoolVar(&o.quick, "quick", false, "a small matrix, one round: below a minute")
	f.BoolVar(&o.list, "list", false, "list the cases and end")
	f.IntVar(&o.rounds, "rounds", 0, "rounds of every case (default: 3; 1 for the long ones and with -quick)")
	f.IntVar(&o.workers, "workers", 1, "threads of the load generator")
	f.StringVar(&o.markdown, "markdown", "", "write tables to this `file`")
	f.StringVar(&o.svg, "svg", "", "draw a plot into this `file`")
	f.StringVar(&o.json, "json", "", "write all numbers to this `file`")
	f.StringVar(&o.bootlace, "bootlace", "", "`path` of the binary (default: built from this module)")
	f.StringVar(&o.dnsmasq, "dnsmasq", "dnsmasq", "`path` of dnsmasq")
	f.StringVar(&o.hpa, "hpa", "in.tftpd", "`path` of tftpd-hpa")
	f.StringVar(&o.atftpd, "atftpd", "atftpd", "`path` of atftpd")
	f.DurationVar(&o.limit, "limit", time.Minute, "longest time of one run; what has not finished by then is counted")
	f.DurationVar(&o.timeout, "timeout", 250*time.Millisecond, "until a client repeats itself the first time (iPXE's timer), doubled up to 10s")
	f.DurationVar(&o.amplify, "amplify", time.Minute, "how long the amplification case listens")
	f.Uint64Var(&o.seed, "seed", 1, "of the injected losses")
	only := f.String("servers", "", "only these `names`, separated by commas")
	skip := f.String("skip", "", "leave out parts: tftp, amplification, dhcp, http")
	match := f.String("cases", "", "only cases whose name matches this regular `expression`")
	clients := f.String("clients", "", "own cases: `numbers` of clients; every combination with the lists below is run")
	blksizes := f.String("blksize", "1468", "own cases: block sizes")
	windows := f.String("windowsize", "0", "own cases: window sizes; 0 does not send the option")
	losses := f.String("loss", "0", "own cases: per cent of packets lost, each way")
	f.DurationVar(&o.custom.rtt, "rtt", 0, "own cases: delay added to a client's packets")
	f.IntVar(&o.custom.size, "size", 1<<20, "own cases: bytes of the file")
	f.IntVar(&o.custom.transfers, "transfers", 2, "own cases: transfers per client")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("%w: what is %q? only flags are expected", errUsage, f.Arg(0))
	}
	o.only, o.skip = split(*only), split(*skip)
	for _, s := range o.skip {
		if !slices.Contains([]string{"tftp", "amplification", "dhcp", "http"}, s) {
			return nil, fmt.Errorf("%w: -skip %s: want tftp, amplification, dhcp or http", errUsage, s)
		}
	}
	var err, errs error
	o.match, err = regexp.Compile(*match)
	errs = errors.Join(errs, err)
	o.custom.clients, err = ints(*clients)
	errs = errors.Join(errs, err)
	o.custom.blksizes, err = ints(*blksizes)
	errs = errors.Join(errs, err)
	o.custom.windows, err = ints(*windows)
	errs = errors.Join(errs, err)
	o.custom.losses, err = floats(*losses)
	errs = errors.Join(errs, err)
	if errs != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, errs)
	}
	return o, nil
}

// whole tells that the complete matrix was asked for.
func (o *options) whole() bool {
	return !o.quick && len(o.custom.clients) == 0 && len(o.only) == 0 && len(o.skip) == 0 && o.match.String() == ""
}

func split(s string) []string {
	return slices.DeleteFunc(strings.Split(s, ","), func(s string) bool { return s == "" })
}

func ints(s string) ([]int, error) {
	var out []int
	for _, f := range split(s) {
		v, err := strconv.Atoi(f)
		if err != nil || v < 0 {
			return nil, fmt.Errorf("%q is not a number", f)
		}
		out = append(out, v)
	}
	return out, nil
}

func floats(s string) ([]float64, error) {
	var out []float64
	for _, f := range split(s) {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || v < 0 || v >= 100 {
			return nil, fmt.Errorf("%q is not a share in per cent", f)
		}
		out = append(out, v)
	}
	return out, nil
}
