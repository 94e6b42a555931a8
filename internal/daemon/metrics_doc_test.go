// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/syslogd"
	"github.com/bootlace-net/bootlace/tftpd"
)

var update = flag.Bool("update", false, "write the table of metrics into docs/metrics.md")

// metricsTable is where the table stands.
var metricsTable = regexp.MustCompile(`(?s)<!-- metrics -->\n.*<!-- /metrics -->`)

// TestDocsMetrics: docs/metrics.md lists all numbers that an appliance shows, with their kinds, labels and meaning; go test ./internal/daemon
// -run TestDocsMetrics -update writes it.
func TestDocsMetrics(t *testing.T) {
	a := withImages(t, nil, map[string]string{"profiles/local.yaml": "local: true\n"})
	a.recorder.ShowDHCP([]string{"67"}, []string{"offer"}, []string{"proxy"})
	a.recorder.ShowSyslog(func() syslogd.Stats { return syslogd.Stats{} })
	a.recorder.ShowTFTP(func() tftpd.Stats {
		return tftpd.Stats{Outcomes: map[tftpd.Outcome]int64{0: 0}, ErrorsSent: map[tftpd.Code]int64{0: 0}, Refusals: map[tftpd.Reason]int64{0: 0}}
	})
	a.recorder.Record(boot.Event{Kind: boot.EventFile, Transfer: &boot.Transfer{Protocol: boot.HTTP, Status: 200}}) // a label that comes with what happens
	w := httptest.NewRecorder()
	a.recorder.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	text := w.Body.String()
	table := "<!-- metrics -->\n| metric | kind | labels | |\n|---|---|---|---|\n" + metricsRows(t, text) + "<!-- /metrics -->"
	const page = "../../docs/metrics.md"
	doc, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := metricsTable.ReplaceAllLiteralString(string(doc), table)
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
	} else if want != string(doc) {
		t.Errorf("docs/metrics.md differs from what is shown; -update writes it:\n%s", table)
	}
}

var (
	helpLine   = regexp.MustCompile(`(?m)^# HELP (bootlace_\S+) (.*)\n# TYPE \S+ (\S+)\n(.*)`)
	labelNames = regexp.MustCompile(`(\w+)="`)
)

func metricsRows(t *testing.T, text string) string {
	t.Helper()
	var rows []string
	for _, m := range helpLine.FindAllStringSubmatch(text, -1) {
		var labels []string
		for _, l := range labelNames.FindAllStringSubmatch(m[4], -1) {
			if l[1] != "le" {
				labels = append(labels, "`"+l[1]+"`")
			}
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |\n", m[1], m[3], strings.Join(labels, ", "), strings.ReplaceAll(m[2], "|", `\|`)))
	}
	if len(rows) < 30 {
		t.Errorf("only %d metrics", len(rows))
	}
	slices.Sort(rows)
	return strings.Join(rows, "")
}
