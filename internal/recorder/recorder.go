// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/bootlace-net/bootlace/boot"
)

// Log says where lines go and how they look. The zero value writes nothing.
type Log struct {
	Out    io.Writer
	Level  boot.Level // the least that is written
	Text   bool       // for people; else JSON, one object a line
	Color  bool       // of text
	NoTime bool       // leave the time out, for tests
}

func (l Log) logger() zerolog.Logger {
	if l.Out == nil {
		return zerolog.Nop()
	}
	out := l.Out
	if l.Text {
		out = zerolog.ConsoleWriter{Out: l.Out, TimeFormat: time.TimeOnly, NoColor: !l.Color}
	}
	log := zerolog.New(out).Level(levelOf(l.Level))
	if l.NoTime {
		return log
	}
	return log.With().Timestamp().Logger()
}

func levelOf(l boot.Level) zerolog.Level {
	return [...]zerolog.Level{zerolog.DebugLevel, zerolog.InfoLevel, zerolog.WarnLevel, zerolog.ErrorLevel}[l]
}

// Stories keeps what happened to machines.
type Stories interface {
	Note(boot.Event)
}

// Recorder is safe for concurrent use.
type Recorder struct {
	log     zerolog.Logger
	stories Stories
	now     func() time.Time
	budget  *budget
	loaders *loaders
	day     day // what was sent in it
	counters
}

// New makes a recorder. Stories may be nil.
func New(log Log, stories Stories, now func() time.Time) *Recorder {
	r := &Recorder{log: log.logger(), stories: stories, now: now, budget: newBudget(), loaders: newLoaders()}
	r.counters.init()
	return r
}

// Record takes an event: it is counted, and told and kept unless there was too much of its like.
func (r *Recorder) Record(e boot.Event) {
	if e.Time.IsZero() {
		e.Time = r.now()
	}
	if e.Kind == boot.EventLog {
		r.overheard(&e)
		return
	}
	r.count(&e)
	r.day.took(&e)
	if notice, ok := r.loaders.see(&e); ok {
		defer r.Record(notice) // it follows from the event, and comes after it
	}
	if e.Level == boot.LevelDebug {
		r.write(&e)
		return
	}
	ok, left := r.budget.allows(&e)
	for i := range left {
		r.keep(&left[i])
	}
	if ok {
		r.keep(&e)
	}
}

// overheard keeps what a machine said of itself. Who took it has bounded it; our own log has it only for those who look.
func (r *Recorder) overheard(e *boot.Event) {
	makeSafe(e)
	quiet := *e
	quiet.Level = boot.LevelDebug
	r.write(&quiet)
	if r.stories != nil {
		r.stories.Note(*e)
	}
}

// keep writes an event's line, and adds it to the story of its machine.
func (r *Recorder) keep(e *boot.Event) {
	makeSafe(e)
	r.write(e)
	if r.stories != nil {
		r.stories.Note(*e)
	}
}

// Say tells something about the appliance itself, with pairs of names and values. It is part of the network's story.
func (r *Recorder) Say(level boot.Level, text string, pairs ...any) {
	fields := make([]any, 0, len(pairs))
	var detail strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		v := plainValue(pairs[i+1])
		if v == nil {
			continue
		}
		fields = append(fields, pairs[i], v)
		_, _ = fmt.Fprintf(&detail, " %v=%v", pairs[i], v) // never fails
	}
	r.log.WithLevel(levelOf(level)).Fields(fields).Msg(text)
	if r.stories != nil && level > boot.LevelDebug {
		r.stories.Note(boot.Event{Time: r.now(), Kind: boot.EventNetwork, Level: level, Text: text, Detail: strings.TrimPrefix(detail.String(), " ")})
	}
}

// plainValue turns a value into what JSON knows; nil is left out.
func plainValue(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case error:
		return v.Error()
	case time.Duration:
		return short(v).String()
	case fmt.Stringer:
		return v.String()
	case string:
		if v == "" {
			return nil
		}
	case []string:
		if len(v) == 0 {
			return nil
		}
	}
	return v
}
