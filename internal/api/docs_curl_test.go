// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestPrintedCurl runs every command of docs/api.md that stands there without its answer and asks the socket.
func TestPrintedCurl(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("NOT TESTED: there is no curl")
	}
	page, err := os.ReadFile(apiPage)
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile(`(?m)^curl .*--unix-socket /run/bootlace/api\.sock .*$`).FindAllString(string(page), -1)
	if len(commands) < 2 {
		t.Fatalf("%d commands", len(commands))
	}
	s := newSite(t)
	_, path, _ := s.serve(t)
	for _, command := range commands {
		ctx, cancel := context.WithCancel(t.Context())
		sh := exec.CommandContext(ctx, "sh", "-c", "exec "+strings.ReplaceAll(command, "/run/bootlace/api.sock", path))
		out, err := sh.StdoutPipe()
		if err == nil {
			err = sh.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n') // a stream does not end
		if err != nil || strings.Contains(line, `"status":`) {
			t.Errorf("%s: %q, %v", command, line, err)
		}
		cancel()
		_ = sh.Wait() // killed, if it was a stream
	}
}
