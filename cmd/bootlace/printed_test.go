// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// printed is a command of ours that is shown to people.
type printed struct{ at, line string }

// TestPrintedCommands: every command that README, docs, help texts and the comments of what is shipped show is one that bootlace
// understands: command, flags and the number of arguments.
func TestPrintedCommands(t *testing.T) {
	all := append(fromFiles(t), fromHelp(newRoot(io.Discard))...)
	found := 0
	for _, p := range all {
		for _, words := range invocations(p.line) {
			found++
			if err := understood(words); err != nil {
				t.Errorf("%s: %s: %v", p.at, strings.Join(words, " "), err)
			}
		}
	}
	if found < 200 {
		t.Fatalf("only %d commands found", found)
	}
	for _, wrong := range []string{"bootlace machines adopt A B --name n", "sudo bootlace serve --nothing", "x | bootlace hosts lst"} {
		if all := invocations(wrong); len(all) != 1 || understood(all[0]) == nil {
			t.Errorf("%s is not noticed: %q", wrong, all)
		}
	}
}

// fromFiles finds what is printed in code blocks and between backticks, and in the comments of files that users copy.
func fromFiles(t *testing.T) (all []printed) {
	t.Helper()
	var files []string
	for _, pattern := range []string{"README.md", "CHANGELOG.md", "docs/*.md", "contrib/*", "configs/reference.yaml", "configs/examples/*/*.yaml", "configs/examples/*/*/*", "tools/demo.sh"} {
		found, err := filepath.Glob("../../" + pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %q %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if info, serr := os.Stat(file); serr == nil && info.IsDir() {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		joined := continued.ReplaceAllString(string(text), "")
		joined = broken.ReplaceAllString(joined, "$1 $2")
		for line := range strings.Lines(joined) {
			all = append(all, printed{file, line})
		}
	}
	return all
}

// A command goes on behind a backslash, and text between backticks in the next line.
var (
	continued = regexp.MustCompile(`\\\n[ #]*`)
	broken    = regexp.MustCompile("(`[^`\n]+)\n([^`\n]+`)")
)

func fromHelp(cmd *cobra.Command) (all []printed) {
	text := strings.ReplaceAll(cmd.Example, "\\\n", " ")
	for line := range strings.Lines(text) {
		all = append(all, printed{cmd.CommandPath() + " --help", line})
	}
	for line := range strings.Lines(strings.ReplaceAll(cmd.Long, "'", "`")) {
		all = append(all, printed{cmd.CommandPath() + " --help", line})
	}
	for _, sub := range cmd.Commands() {
		all = append(all, fromHelp(sub)...)
	}
	return all
}

// begins is where a command of ours begins: a line's start, or after what a shell or a text puts before it.
var begins = regexp.MustCompile("(?:^\\s*(?:\\$ |# )?|[|;&(]\\s*|`|sudo |ExecStart=\\S*/|: )bootlace (.*)")

// invocations gives the words of each command of ours in a line. Text that only speaks of bootlace has no command after the name.
func invocations(line string) (all [][]string) {
	for m := begins.FindStringSubmatch(line); m != nil; m = begins.FindStringSubmatch(line) {
		line = m[1]
		if words := wordsOf(m[1]); len(words) > 0 && isCommand(words[0]) {
			all = append(all, words)
		}
	}
	return all
}

func isCommand(word string) bool {
	root := newRoot(io.Discard)
	sub, _, err := root.Find([]string{word})
	return err == nil && sub != root
}

// wordsOf splits as a shell does, up to the end of the command.
func wordsOf(text string) (words []string) {
	for _, m := range regexp.MustCompile("\"[^\"]*\"|'[^']*'|[|;&>`#)]|[^\\s|;&>`)\"']+").FindAllString(text, -1) {
		if strings.ContainsAny(m[:1], "|;&>`#)") {
			break
		}
		words = append(words, strings.Trim(m, `"'`))
	}
	return words
}

// understood asks the command tree, without running anything.
func understood(words []string) error {
	root := newRoot(io.Discard)
	cmd, args, err := root.Find(words)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(args); err != nil {
		if last := words[len(words)-1]; len(last) > 1 && last[0] == '-' && strings.Contains(err.Error(), "needs an argument") {
			return nil // shown for the flag's sake, without a value
		}
		return err
	}
	if shortened(cmd.Flags().Args(), words) {
		return nil
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

// shortened says that a command is shown as an idea of one: by its name alone, or with an ellipsis.
func shortened(args, words []string) bool {
	return len(args) == 0 && !strings.Contains(strings.Join(words, " "), " -") || strings.Contains(strings.Join(words, " "), "…")
}
