// SPDX-License-Identifier: Apache-2.0

// Package docs_test keeps what docs/ says of the code true: the table of rooms and their picture are made of the imports and
// package comments that there are.
package docs_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

//go:generate go test -run ^TestArchitecture$ -update .

var update = flag.Bool("update", false, "write the table of rooms and the picture")

const module = "github.com/bootlace-net/bootlace/"

// room is a package with those of this module that it imports.
type room struct {
	name, sentence string
	imports        []string
	floor          int // 0: imports nothing of ours
}

// TestArchitecture compares docs/architecture.md and its picture with the code.
func TestArchitecture(t *testing.T) {
	rooms := list(t)
	if len(rooms) < 10 {
		t.Fatalf("only %d rooms were found", len(rooms))
	}
	page, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "architecture.md", string(page), between(t, string(page), table(rooms)))
	svg, err := os.ReadFile("architecture.svg")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "architecture.svg", string(svg), picture(rooms))
}

func compare(t *testing.T, file, have, want string) {
	t.Helper()
	switch {
	case have == want:
	case *update:
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not what the code says: go generate ./docs", file)
	}
}

// list asks the go command, so that files for other systems count as it counts them.
func list(t *testing.T) map[string]*room {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Doc,Imports", "./...")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	rooms := map[string]*room{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath, Doc string
			Imports         []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		if strings.HasPrefix(name, "bench") || strings.HasPrefix(name, "e2e") || name == "docs" {
			continue // beside the house
		}
		r := &room{name: name, sentence: sentence(p.Doc)}
		if r.sentence == "" {
			t.Errorf("%s: its package comment has no sentence", name)
		}
		for _, i := range p.Imports {
			if n, ours := strings.CutPrefix(i, module); ours {
				r.imports = append(r.imports, n)
			}
		}
		rooms[name] = r
	}
	for _, r := range rooms {
		r.floor = floor(rooms, r)
	}
	return rooms
}

// sentence takes "Package x " off.
func sentence(doc string) string {
	words := strings.Fields(doc)
	if len(words) < 3 {
		return ""
	}
	text := strings.Join(words[2:], " ")
	return strings.TrimSuffix(text, ".")
}

func floor(rooms map[string]*room, r *room) int {
	n := 0
	for _, i := range r.imports {
		n = max(n, floor(rooms, rooms[i])+1)
	}
	return n
}

// sorted gives the rooms from the top floor down, each floor by name.
func sorted(rooms map[string]*room) []*room {
	return slices.SortedFunc(maps.Values(rooms), func(a, b *room) int {
		if a.floor != b.floor {
			return b.floor - a.floor
		}
		return strings.Compare(a.name, b.name)
	})
}

func table(rooms map[string]*room) string {
	var b strings.Builder
	b.WriteString("| room | what it does | imports |\n|---|---|---|\n")
	for _, r := range sorted(rooms) {
		imports := "—"
		if len(r.imports) > 0 {
			imports = "`" + strings.Join(r.imports, "` `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.name, r.sentence, imports)
	}
	return b.String()
}

func between(t *testing.T, page, table string) string {
	t.Helper()
	const begin, end = "<!-- rooms -->\n", "<!-- /rooms -->"
	before, rest, ok1 := strings.Cut(page, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatal("architecture.md has no place for the table of rooms")
	}
	return before + begin + table + end + after
}

// Sizes of the picture, in pixels.
const (
	boxWidth, boxHeight = 148, 34
	gapX, gapY          = 14, 58
	margin              = 20
)

type point struct{ x, y int }

// picture draws every floor as a row. A line is an import; those that follow from others are left out, and so are those to
// boot, which nearly every room has: a green edge stands for them.
func picture(rooms map[string]*room) string {
	rows := map[int][]*room{}
	top := 0
	for _, r := range sorted(rooms) {
		rows[r.floor] = append(rows[r.floor], r)
		top = max(top, r.floor)
	}
	widest := 0
	for _, row := range rows {
		widest = max(widest, len(row))
	}
	width := 2*margin + widest*(boxWidth+gapX) - gapX
	height := 2*margin + (top+1)*(boxHeight+gapY) - gapY
	at := map[string]point{}
	for f, row := range rows {
		left := (width - len(row)*(boxWidth+gapX) + gapX) / 2
		for i, r := range row {
			at[r.name] = point{left + i*(boxWidth+gapX), margin + (top-f)*(boxHeight+gapY)}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui,-apple-system,Segoe UI,sans-serif" font-size="13">
<title>The rooms of Bootlace and their imports: every line runs downwards</title>
<style>.bg{fill:#fff}.t{fill:#1b1f24}.a{stroke:#8c959f;stroke-width:1.2;fill:none}.box{fill:#f3f6f8;stroke:#8c959f}.boot{fill:#0a7d4f}@media(prefers-color-scheme:dark){.bg{fill:#0d1117}.t{fill:#e6edf3}.box{fill:#161b22}}</style>
<rect class="bg" width="%d" height="%d" rx="8"/>
`, width, height, width, height)
	for _, r := range sorted(rooms) {
		for _, i := range r.imports {
			if i == "boot" || implied(rooms, r, i) {
				continue
			}
			from, to := at[r.name], at[i]
			fmt.Fprintf(&b, "<path class=\"a\" d=\"M%d %dC%d %d %d %d %d %d\"/>\n", from.x+boxWidth/2, from.y+boxHeight,
				from.x+boxWidth/2, from.y+boxHeight+gapY/2, to.x+boxWidth/2, to.y-gapY/2, to.x+boxWidth/2, to.y)
		}
	}
	for _, r := range sorted(rooms) {
		p := at[r.name]
		fmt.Fprintf(&b, "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\"/>", p.x, p.y, boxWidth, boxHeight)
		if slices.Contains(r.imports, "boot") || r.name == "boot" {
			fmt.Fprintf(&b, "<rect class=\"boot\" x=\"%d\" y=\"%d\" width=\"4\" height=\"%d\" rx=\"2\"/>", p.x, p.y, boxHeight)
		}
		fmt.Fprintf(&b, "<text class=\"t\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", p.x+boxWidth/2, p.y+22, r.name)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// implied reports whether another import of r leads to a room as well.
func implied(rooms map[string]*room, r *room, target string) bool {
	for _, i := range r.imports {
		if i != target && reaches(rooms, i, target) {
			return true
		}
	}
	return false
}

func reaches(rooms map[string]*room, from, target string) bool {
	for _, i := range rooms[from].imports {
		if i == target || reaches(rooms, i, target) {
			return true
		}
	}
	return false
}

// TestArchitectureNamesFiles: a way through files that are not there leads nowhere.
func TestArchitectureNamesFiles(t *testing.T) {
	page, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("git", "ls-files", "..").Output()
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z0-9/]+\\.go)`").FindAllStringSubmatch(string(page), -1)
	if len(named) < 10 {
		t.Fatalf("only %d files are named", len(named))
	}
	for _, m := range named {
		if !strings.Contains(string(out), "/"+m[1]+"\n") {
			t.Errorf("architecture.md names %s, which is nowhere", m[1])
		}
	}
}
