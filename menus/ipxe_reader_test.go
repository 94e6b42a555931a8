// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ipxe is a small iPXE: it runs a script the way core/exec.c and image/script.c do, against a network that has the files
// that it is told of, and writes down what happens.
type ipxe struct {
	t        testing.TB
	lines    []ipxeLine
	settings map[string]string
	files    func(url string) bool // what can be loaded
	choice   []string              // titles that are chosen in menus, one after the other; then the time runs out
	platform string

	events  []string // "kernel URL ARGS", "initrd NAME URL", "boot", "exit 1", …
	waited  int      // milliseconds
	fetched int
	menu    *ipxeMenu
}

type ipxeLine struct {
	label  string
	tokens []string
}

type ipxeMenu struct {
	title string
	items [][3]string // id, key, text
}

// readIPXE splits a script into lines and words.
func readIPXE(t testing.TB, script string) *ipxe {
	t.Helper()
	if !strings.HasPrefix(script, "#!ipxe\n") {
		t.Fatalf("not an iPXE script: %q", script[:min(len(script), 20)])
	}
	m := &ipxe{t: t, settings: map[string]string{}, platform: "pcbios", files: func(string) bool { return true }}
	var joined string
	for raw := range strings.SplitSeq(strings.TrimSuffix(script, "\n"), "\n") {
		raw = strings.TrimSuffix(raw, "\r")
		if strings.HasSuffix(raw, `\`) {
			t.Errorf("a line is continued: %q", raw)
			joined += strings.TrimSuffix(raw, `\`)
			continue
		}
		m.lines = append(m.lines, parseIPXELine(joined+raw))
		joined = ""
	}
	return m
}

func parseIPXELine(s string) ipxeLine {
	s = strings.TrimLeft(s, " \t")
	var l ipxeLine
	if rest, ok := strings.CutPrefix(s, ":"); ok {
		l.label, s, _ = strings.Cut(rest, " ")
	}
	for _, tok := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\v\f\r", r) }) {
		if tok[0] == '#' {
			break
		}
		l.tokens = append(l.tokens, tok)
	}
	return l
}

type ipxeEnd struct{ how string }

// run runs the script to its end, which is what the firmware is told.
func (m *ipxe) run() (end string) {
	m.t.Helper()
	defer func() {
		switch e := recover().(type) {
		case nil:
		case ipxeEnd:
			end = e.how
		default:
			panic(e)
		}
	}()
	m.settings["platform"], m.settings["ip"] = m.platform, "192.0.2.77"
	steps := 0
	for at := 0; at < len(m.lines); {
		if steps++; steps > 10_000 {
			m.t.Fatal("the script never ends")
		}
		next, ok := m.line(m.lines[at].tokens)
		switch {
		case next != "":
			at = slices.IndexFunc(m.lines, func(l ipxeLine) bool { return l.label == next })
			if at < 0 {
				m.t.Fatalf("there is no label %q", next)
			}
		case !ok:
			return "script failed: " + strings.Join(m.lines[at].tokens, " ")
		default:
			at++
		}
	}
	return "end of script"
}

// line runs the commands of one line; next is the label that it jumps to.
func (m *ipxe) line(tokens []string) (next string, ok bool) {
	ok, process := true, true
	for {
		i := slices.IndexFunc(tokens, func(t string) bool { return t == "||" || t == "&&" || t == ";" })
		cmd := tokens
		if i >= 0 {
			cmd = tokens[:i]
		}
		if process {
			if next, ok = m.command(cmd); next != "" {
				return next, true
			}
		}
		if i < 0 {
			return "", ok
		}
		process = tokens[i] == ";" || (tokens[i] == "&&") == ok
		tokens = tokens[i+1:]
	}
}

func (m *ipxe) expand(s string) string {
	for {
		i := strings.LastIndex(s, "${")
		if i < 0 {
			return s
		}
		end := strings.Index(s[i:], "}")
		if end < 0 {
			return s
		}
		name, form, _ := strings.Cut(s[i+2:i+end], ":")
		v := m.settings[name]
		if form == "hexraw" {
			v = fmt.Sprintf("%x", v)
		}
		s = s[:i] + v + s[i+end+1:]
	}
}

func (m *ipxe) command(tokens []string) (next string, ok bool) {
	if len(tokens) == 0 {
		return "", true
	}
	args := make([]string, len(tokens))
	for i, t := range tokens {
		args[i] = m.expand(t)
	}
	name, args := args[0], args[1:]
	switch name {
	case "set":
		key, _, _ := strings.Cut(args[0], ":")
		m.settings[key] = strings.Join(args[1:], " ")
	case "clear":
		delete(m.settings, args[0])
	case "inc":
		n, _ := strconv.Atoi(m.settings[args[0]])
		m.settings[args[0]] = strconv.Itoa(n + 1)
	case "isset":
		return "", len(args) == 1 && args[0] != ""
	case "iseq":
		return "", len(args) == 2 && args[0] == args[1]
	case "goto":
		return args[0], true
	case "echo", "imgfree", "ifopen", "dhcp":
	case "params":
		return "", m.settings["params"] != "" // which builds have it
	case "param":
		m.events = append(m.events, strings.Join(append([]string{"param"}, args...), " "))
	case "console":
		return "", m.settings["console"] != "" || len(args) == 0
	case "sleep":
		n, _ := strconv.Atoi(args[0])
		m.waited += n * 1000
	case "prompt":
		m.waited += m.option(args, "--timeout")
		return "", false // nobody is there
	case "kernel", "initrd", "module", "chain", "imgfetch", "sanboot":
		return "", m.load(name, args)
	case "boot":
		m.events = append(m.events, "boot")
		panic(ipxeEnd{"boot"})
	case "shell":
		m.events = append(m.events, "shell")
		panic(ipxeEnd{"shell"})
	case "login":
		m.events = append(m.events, "login")
		m.settings["password"] = "open sesame"
	case "exit":
		panic(ipxeEnd{strings.TrimSpace("exit " + strings.Join(args, " "))})
	case "menu":
		m.menu = &ipxeMenu{title: strings.Join(args, " ")}
	case "item":
		m.item(args)
	case "choose":
		return "", m.choose(args)
	default:
		m.t.Fatalf("there is no command %q (line %q)", name, tokens)
	}
	return "", true
}

func (m *ipxe) option(args []string, name string) int {
	i := slices.Index(args, name)
	if i < 0 {
		return 0
	}
	n, err := strconv.Atoi(args[i+1])
	if err != nil {
		m.t.Fatalf("%s %s", name, args[i+1])
	}
	return n
}

func (m *ipxe) load(name string, args []string) bool {
	called, replaces := "", slices.Contains(args, "--replace")
	for len(args) > 0 && strings.HasPrefix(args[0], "--") {
		switch args[0] {
		case "--timeout":
			args = args[1:]
		case "--name":
			called, args = args[1], args[1:]
		case "--autofree", "--no-describe", "--replace":
		case "--drive":
			m.events = append(m.events, "disk "+args[1])
			panic(ipxeEnd{"disk"})
		default:
			m.t.Fatalf("%s has no option %s", name, args[0])
		}
		args = args[1:]
	}
	m.fetched++
	if !m.files(args[0]) {
		return false
	}
	words := append([]string{name}, args...)
	if called != "" {
		words = slices.Insert(words, 1, called)
	}
	m.events = append(m.events, strings.Join(words, " "))
	if replaces {
		panic(ipxeEnd{"replaced"})
	}
	return true
}

func (m *ipxe) item(args []string) {
	key := ""
	if args[0] == "--key" {
		key, args = args[1], args[2:]
	}
	m.menu.items = append(m.menu.items, [3]string{args[0], key, strings.Join(args[1:], " ")})
}

// choose takes the next choice; after the last one the time runs out, or there is nobody for ever.
func (m *ipxe) choose(args []string) bool {
	setting := args[len(args)-1]
	if len(m.choice) > 0 {
		title := m.choice[0]
		m.choice = m.choice[1:]
		for _, it := range m.menu.items {
			if it[2] == title || it[1] == title {
				m.settings[setting] = it[0]
				return true
			}
		}
		if title == "escape" {
			return false
		}
		m.t.Fatalf("the menu has no item %q: %q", title, m.menu.items)
	}
	wait := m.option(args, "--timeout")
	if wait == 0 {
		m.events = append(m.events, "waits for ever")
		panic(ipxeEnd{"waits"})
	}
	m.waited += wait
	m.settings[setting] = m.menu.items[0][0]
	if i := slices.Index(args, "--default"); i >= 0 {
		m.settings[setting] = args[i+1]
	}
	return true
}
