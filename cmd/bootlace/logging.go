// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/recorder"
)

// logging makes the one logger of a run from the flags.
type logging struct {
	out    io.Writer
	level  levelFlag
	format formatFlag
	flags  *pflag.FlagSet
}

func (l *logging) addFlags(flags *pflag.FlagSet) {
	l.level.Level, l.format = boot.LevelInfo, "auto"
	l.flags = flags
	flags.Var(&l.level, "log-level", "least important lines to log: debug, info, warn or error")
	flags.Var(&l.format, "log-format", "log for people (text), for machines (json), or by what stderr is (auto)")
}

// log is asked for after the flags were read.
func (l *logging) log() recorder.Log {
	terminal := isTerminal(l.out)
	return recorder.Log{
		Out: l.out, Level: l.level.Level, Text: l.format == "text" || l.format == "auto" && terminal, Color: terminal && os.Getenv("NO_COLOR") == "",
	}
}

// configured is the log that a configuration asks for, where flags do not say something else.
func (l *logging) configured(c configs.Log) (recorder.Log, error) {
	for name, value := range map[string]string{"log-level": c.Level.String(), "log-format": c.Format.String()} {
		if f := l.flags.Lookup(name); !f.Changed {
			if err := f.Value.Set(value); err != nil {
				return recorder.Log{}, fmt.Errorf("log: %w", err)
			}
		}
	}
	return l.log(), nil
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
type levelFlag struct{ boot.Level }

func (v *levelFlag) Set(s string) error {
	levels := []boot.Level{boot.LevelDebug, boot.LevelInfo, boot.LevelWarn, boot.LevelError}
	i := slices.IndexFunc(levels, func(l boot.Level) bool { return l.String() == s })
	if i < 0 {
		return fmt.Errorf("%q is not a level: expected debug, info, warn or error", s)
	}
	v.Level = levels[i]
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
