// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/pflag"

	"github.com/bootlace-net/bootlace/configs"
)

// logging makes the one logger of a run from the flags.
type logging struct {
	out    io.Writer
	level  levelFlag
	format formatFlag
	flags  *pflag.FlagSet
}

func (l *logging) addFlags(flags *pflag.FlagSet) {
	l.level.Level, l.format = zerolog.InfoLevel, "auto"
	l.flags = flags
	flags.Var(&l.level, "log-level", "least important lines to log: debug, info, warn or error")
	flags.Var(&l.format, "log-format", "log for people (text), for machines (json), or by what stderr is (auto)")
}

// logger is asked for after the flags were read.
func (l *logging) logger() zerolog.Logger {
	out := l.out
	if l.format == "text" || (l.format == "auto" && isTerminal(l.out)) {
		out = zerolog.ConsoleWriter{Out: l.out, TimeFormat: time.TimeOnly, NoColor: !isTerminal(l.out) || os.Getenv("NO_COLOR") != ""}
	}
	return zerolog.New(out).Level(l.level.Level).With().Timestamp().Logger()
}

// configured is the logger that a configuration asks for, where flags do not say something else.
func (l *logging) configured(c configs.Log) (zerolog.Logger, error) {
	for name, value := range map[string]string{"log-level": c.Level.String(), "log-format": c.Format.String()} {
		if f := l.flags.Lookup(name); !f.Changed {
			if err := f.Value.Set(value); err != nil {
				return zerolog.Nop(), fmt.Errorf("log: %w", err)
			}
		}
	}
	return l.logger(), nil
}

// isTerminal asks whether a character device is behind w; /dev/null is one too, and nobody reads either format there.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// levelFlag is a pflag.Value.
type levelFlag struct{ zerolog.Level }

func (v *levelFlag) Set(s string) error {
	level, err := zerolog.ParseLevel(s)
	if err != nil || level < zerolog.DebugLevel || level > zerolog.ErrorLevel {
		return fmt.Errorf("%q is not a level: expected debug, info, warn or error", s)
	}
	v.Level = level
	return nil
}

// Type names the value in help.
func (v *levelFlag) Type() string { return "LEVEL" }

// formatFlag is a pflag.Value.
type formatFlag string

func (v *formatFlag) Set(s string) error {
	switch s {
	case "auto", "text", "json":
		*v = formatFlag(s)
		return nil
	default:
		return fmt.Errorf("%q is not a log format: expected auto, text or json", s)
	}
}

func (v *formatFlag) String() string { return string(*v) }

// Type names the value in help.
func (v *formatFlag) Type() string { return "FORMAT" }
