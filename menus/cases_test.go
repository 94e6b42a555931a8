// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"flag"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

var update = flag.Bool("update", false, "write what is rendered into testdata")

// TestCases renders configurations. A case is an archive: its comment describes machines, one a line,
//
//	machine NAME mac=… arch=… ip=… uuid=… serial=… hostname=… server=… port=… attempt=… memory=…: PATH PATH …
//	images PATH PATH …
//	inventories to us
//
// its files are the configuration directory, and those below want/ what comes out: want/NAME/PATH for each path of each
// machine ("-" in front of a path: it must not exist; "all": everything that Names lists), want/problems for what New
// has to say.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { runCase(t, file) })
	}
}

func runCase(t *testing.T, file string) {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in, want := fstest.MapFS{}, map[string]string{}
	kept := &txtar.Archive{Comment: ar.Comment}
	for _, f := range ar.Files {
		if name, ok := strings.CutPrefix(f.Name, "want/"); ok {
			want[name] = string(f.Data)
			continue
		}
		in[f.Name] = &fstest.MapFile{Data: f.Data}
		kept.Files = append(kept.Files, f)
	}
	got := render(t, in, string(ar.Comment))
	if *update {
		for _, name := range slices.Sorted(mapKeys(got)) {
			kept.Files = append(kept.Files, txtar.File{Name: "want/" + name, Data: []byte(got[name])})
		}
		if err := os.WriteFile(file, txtar.Format(kept), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(want) == 0 {
		t.Fatal("the case wants nothing")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func mapKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// configured reads a configuration and builds its catalog.
func configured(t *testing.T, in fs.FS) (*configs.Spec, *boot.Catalog) {
	t.Helper()
	cfg := configs.Merge(configs.Directory(in, ""))
	catalog, problems := boot.Build(cfg.Spec)
	if err := configs.Failure(append(cfg.Problems, problems...)); err != nil {
		t.Fatalf("the configuration is wrong: %v", err)
	}
	return cfg, catalog
}

// render gives everything that a case is about, by name.
func render(t *testing.T, in fs.FS, comment string) map[string]string {
	t.Helper()
	cfg, catalog := configured(t, in)
	opts := Options{Templates: cfg.Templates, YAML: configs.WriteYAML, Images: list(nil), Secret: func(name string, c boot.Client) (string, error) {
		return "secret-" + name + "-of-" + c.MAC.Dash(), nil
	}}
	opts.SecretsByToken, opts.NoHTTP = cfg.Settings.Secrets == configs.SecretsStrict, !cfg.Settings.HTTP.Enabled
	opts.Memory, opts.MemoryPause = cfg.Settings.Memory.Check.Policy(), cfg.Settings.Memory.Pause
	opts.Syslog, opts.Inventory = cfg.Settings.Syslog.Listen, len(directives(comment, "inventories")) > 0
	machines := directives(comment, "machine")
	for _, images := range directives(comment, "images") {
		opts.Images = list(strings.Fields(images))
	}
	tree, problems := New(catalog, opts)
	got := map[string]string{}
	for _, p := range problems {
		got["problems"] += p.Error() + "\n"
	}
	for _, m := range machines {
		renderMachine(t, catalog, tree, m, got)
	}
	return got
}

// attempt gives tokens of a name that tells them.
type attempt string

func (a attempt) Key() string { return string(a) }

func (a attempt) Token(s boot.Scope) string { return string(a) + "-" + s.String() }

type list []string

func (l list) Names() []string { return l }

func directives(comment, word string) []string {
	var out []string
	for line := range strings.SplitSeq(comment, "\n") {
		if rest, ok := strings.CutPrefix(line, word+" "); ok {
			out = append(out, rest)
		}
	}
	return out
}

func renderMachine(t *testing.T, cat *boot.Catalog, tree *Tree, line string, got map[string]string) {
	t.Helper()
	head, paths, ok := strings.Cut(line, ": ")
	if !ok {
		t.Fatalf("no paths in %q", line)
	}
	fields := strings.Fields(head)
	v := visit(t, fields[1:])
	p := cat.Plan(v.Client)
	v.Client = p.Client
	for _, path := range strings.Fields(paths) {
		names := []boot.Name{}
		absent := strings.HasPrefix(path, "-")
		if path == "all" {
			names = tree.Names(p)
		} else {
			n, err := boot.ParseName(strings.TrimPrefix(path, "-"))
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, n)
		}
		for _, n := range names {
			if !strings.HasPrefix(strings.TrimPrefix(path, "-"), "/") { // a path with a slash asks without the machine
				n = n.For(v.Client.MAC)
			}
			v.Name = n
			content, err := content(tree, v, p)
			switch {
			case absent && !errors.Is(err, fs.ErrNotExist):
				t.Errorf("%s: %s exists, or %v", fields[0], path, err)
			case absent:
			case err != nil:
				got[fields[0]+"/"+n.Path()] = "error: " + err.Error() + "\n"
			default:
				readBack(t, n, content)
				got[fields[0]+"/"+n.Path()] = unlessSame(content, got)
			}
		}
	}
}

// readBack reads what is rendered with the reader of its language, which complains about everything that it does not know.
func readBack(t *testing.T, n boot.Name, content string) {
	t.Helper()
	switch {
	case strings.Contains(content, "# by hand"): // an author's own
	case n.Kind == boot.KindIPXE:
		m := readIPXE(t, content)
		if end := m.run(); strings.HasPrefix(end, "script failed") {
			t.Errorf("%s: %s", n, end)
		}
	case n.Kind == boot.KindPXELinux, n.Kind == boot.KindExtlinux:
		c := readPXELinux(t, content)
		if def := c.global["DEFAULT"]; def == "" || c.label(def).name == "" {
			t.Errorf("%s: there is no label for the default %q", n, def)
		}
	case n.Kind == boot.KindGRUB && !strings.Contains(content, "own"):
		readGRUB(t, content)
	}
}

// unlessSame shortens what is there already under another name.
func unlessSame(content string, got map[string]string) string {
	for _, name := range slices.Sorted(mapKeys(got)) {
		if got[name] == content {
			return "the same as " + name + "\n"
		}
	}
	return content
}

func content(tree *Tree, v boot.Visit, p boot.Plan) (string, error) {
	f, err := tree.Open(v, p)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if n := len(b); n > 0 && b[n-1] != '\n' {
		b = append(b, "(no newline)\n"...)
	}
	return string(b), err
}

func visit(t *testing.T, fields []string) boot.Visit {
	t.Helper()
	v := boot.Visit{Server: boot.Endpoint{Scheme: boot.HTTP, Host: netip.MustParseAddr("192.0.2.1"), Port: 8080}}
	for _, f := range fields {
		key, value, _ := strings.Cut(f, "=")
		var err error
		switch key {
		case "mac":
			v.Client.MAC, err = boot.ParseMAC(value)
		case "uuid":
			v.Client.UUID, err = boot.ParseUUID(value)
		case "arch":
			var a boot.Arch
			a, err = boot.ParseArch(value)
			v.Client.Archs = []boot.Arch{a}
		case "ip":
			v.Client.Addr, err = netip.ParseAddr(value)
		case "serial":
			v.Client.Serial = value
		case "hostname":
			v.Client.Hostname = value
		case "server":
			v.Server.Host, err = netip.ParseAddr(value)
		case "memory":
			var mib int
			mib, err = strconv.Atoi(value)
			v.Memory = int64(mib) << 20
		case "code":
			v.Code = value
		case "attempt":
			v.Tokens = attempt(value)
		case "port":
			v.Server = v.Server.TFTP()
			if value != "0" {
				t.Fatalf("port=%s", value)
			}
		default:
			t.Fatalf("what is %q?", f)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return v
}
