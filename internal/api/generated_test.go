// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/logins"
)

// TestGeneratedClient: what a generator makes of the OpenAPI document compiles, and is understood by a server.
func TestGeneratedClient(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a generator")
	}
	t.Parallel()
	secret, digest := logins.NewToken()
	door := logins.NewDoor()
	door.Use(&logins.Book{Tokens: []logins.Token{{Name: "terraform", Role: logins.Operate, Digest: digest, Expires: time.Now().Add(time.Hour)}}})
	s := newSite(t)
	s.Lives = newLives()
	s.admit = ByLogin(func() Door { return door })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.serveOn(t, l, "/nowhere")
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	made := filepath.Join(t.TempDir(), "client.go")
	run(t, root, "tool", "-modfile=tools/go.mod", "oapi-codegen", "-generate", "types,client", "-package", "main", "-o", made, "internal/api/openapi.json")
	main := filepath.Join(filepath.Dir(made), "main.go")
	source, err := os.ReadFile("testdata/client.go.txt")
	if err == nil {
		err = os.WriteFile(main, source, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, root, "run", "-modfile=tools/go.mod", made, main, "http://"+l.Addr().String(), secret)
	want := "host/node1 armed\nhost/node2 unseen\nnode1 debian true\ntrue held\n404 Not Found\n"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// run gives what the go command prints.
func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	var words strings.Builder
	cmd.Stderr = &words
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, words.String())
	}
	return string(out)
}
