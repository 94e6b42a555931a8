// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPrintedCommandsRun runs every command of ours that is printed anywhere, as testdata/printed/world.sh has it: an appliance, its
// configuration, and a second host. testdata/printed/commands.txt says how each ends, in the order in which they are run; what is printed
// and not in it fails, and so does what is in it and not printed.
func TestPrintedCommandsRun(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: needs root to make namespaces")
	}
	table, err := os.ReadFile("testdata/printed/commands.txt")
	if err != nil {
		t.Fatal(err)
	}
	show := printedOnce(t)
	var run strings.Builder
	for line := range strings.Lines(string(table)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		want, where, command := threeWords(line)
		i := slices.Index(show, command)
		if i < 0 {
			t.Errorf("commands.txt: %s: is not printed any more", command)
			continue
		}
		show = slices.Delete(show, i, i+1)
		if want != "-" { // not run; the table says why
			run.WriteString(want + " " + where + " bootlace " + examples.Replace(command) + "\n")
		}
	}
	for _, command := range show {
		t.Errorf("%s: is printed, and commands.txt does not say how it ends", command)
	}
	if !t.Failed() {
		inWorld(t, run.String())
	}
}

// printedOnce gives each printed command once, as words with a space between, quoted for a shell.
func printedOnce(t *testing.T) (all []string) {
	t.Helper()
	for _, p := range append(fromFiles(t), fromHelp(newRoot(io.Discard))...) {
		for _, words := range invocations(p.line) {
			for i, w := range words {
				if w != "<" && !harmless.MatchString(w) {
					words[i] = "'" + w + "'"
				}
			}
			all = append(all, strings.Join(words, " "))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

var harmless = regexp.MustCompile(`^[\w./:=%+@-]+$`)

func threeWords(line string) (first, second, rest string) {
	first, rest, _ = strings.Cut(line, " ")
	second, rest, _ = strings.Cut(strings.TrimSpace(rest), " ")
	return first, second, strings.TrimSpace(rest)
}

// examples are what stands for the words that readers are to replace.
var examples = strings.NewReplacer("--config . ", "--config c ", "--profile NAME", "--profile rescue", " DIR", " /etc/bootlace", " CODE", ` "$CODE"`, " K7MPX", ` "$CODE"`, " NAME", " node1", " FILE.iso", " live.iso", " FILE", " ipxe.efi",
	"'…'", "52:54:00:12:34:56", " 525400123456", " 525400123456")

func inWorld(t *testing.T, commands string) {
	t.Helper()
	dir := t.TempDir()
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	world := filepath.Join(checkout, "cmd/bootlace/testdata/printed/world.sh")
	// As it is delivered: with the race detector each of these commands would take a second.
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "bootlace"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "commands"), []byte(commands), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", world, checkout, filepath.Join(dir, "commands"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
