// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/secureboot"
	"github.com/bootlace-net/bootlace/internal/site"
)

// firmwareFlags say what is known of a machine's firmware.
type firmwareFlags struct {
	state, db, dbx string
	trusts         []string
	memory         uint32 // MiB
}

func (f *firmwareFlags) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&f.state, "secure-boot", "", "whether the machine's Secure Boot is on: on, off or setup (not said: it is taken to be on)")
	flags.StringVar(&f.db, "db", "", "file with the machine's variable db: whose programs its firmware starts")
	flags.StringVar(&f.dbx, "dbx", "", "file with the machine's variable dbx: what its firmware refuses")
	flags.StringArrayVar(&f.trusts, "trusts", nil, "name of an authority in the machine's db, as bootlace machines show tells it; once for each, all of them")
	flags.Uint32Var(&f.memory, "memory", 0, "memory that the machine says it has, in MiB (0: it did not say)")
}

// reported is what the flags say that a machine said.
func (f *firmwareFlags) reported() (site.Reported, error) {
	firmware, err := f.firmware()
	return site.Reported{Firmware: firmware, Memory: int64(f.memory) << 20}, err
}

func (f *firmwareFlags) firmware() (out secureboot.Firmware, err error) {
	switch out.State = secureboot.State(f.state); out.State {
	case secureboot.StateUnknown, secureboot.On, secureboot.Off, secureboot.Setup:
	default:
		return out, usageError(fmt.Errorf("--secure-boot %s: expected on, off or setup", f.state))
	}
	if len(f.trusts) > 0 && f.db != "" {
		return out, usageError(errors.New("--trusts: expected it without --db, which says more"))
	}
	out.Names = f.trusts
	if out.DB, err = readDatabase("--db", f.db); err != nil {
		return out, err
	}
	out.DBX, err = readDatabase("--dbx", f.dbx)
	return out, err
}

// readDatabase reads a variable's content; nil for no file.
func readDatabase(flag, file string) (*pe.Database, error) {
	if file == "" {
		return nil, nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, usageError(fmt.Errorf("%s: %w", flag, err))
	}
	d, err := pe.ParseTrust(b)
	if err != nil {
		return nil, usageError(fmt.Errorf("%s %s: %w; expected a certificate (DER) or EFI signature lists", flag, file, err))
	}
	return &d, nil
}

// secureBootLines tells a verdict: the answer, and program by program if there are several.
func secureBootLines(v *secureboot.Verdict) [][2]string {
	if len(v.Steps) < 2 {
		return [][2]string{{"firmware", "with Secure Boot: " + string(v.Answer) + ": " + v.Why}}
	}
	lines := [][2]string{{"firmware", "with Secure Boot: " + string(v.Answer)}}
	for _, s := range v.Steps {
		lines = append(lines, [2]string{"", fmt.Sprintf("  %s: %s: %s", s.Name, s.Answer, s.Why)})
	}
	return lines
}
