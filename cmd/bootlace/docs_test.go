// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sections gives the text below each heading of a document by its anchor, as GitHub makes it.
func sections(text string) map[string]string {
	out := map[string]string{}
	anchor := ""
	for line := range strings.Lines(text) {
		if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			title = strings.ToLower(strings.TrimSpace(title))
			anchor = strings.ReplaceAll(regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(title, ""), " ", "-")
			out[anchor] = ""
			continue
		}
		out[anchor] += line
	}
	return out
}

// TestDocsLinks: every link of the documentation leads to a file, and to a heading in it.
func TestDocsLinks(t *testing.T) {
	docs, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(docs) < 5 {
		t.Fatalf("%q %v", docs, err)
	}
	for _, doc := range append(docs, "../../README.md") {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := doc
			if file != "" {
				target = filepath.Join(filepath.Dir(doc), file)
			}
			there, err := os.ReadFile(target)
			if info, serr := os.Stat(target); serr == nil && info.IsDir() {
				err = nil
			}
			if err != nil {
				t.Errorf("%s: %s: %v", doc, m[1], err)
			} else if _, ok := sections(string(there))[anchor]; anchor != "" && !ok {
				t.Errorf("%s: %s has no such heading", doc, m[1])
			}
		}
	}
}

// TestDocsAdvice: who looks up a symptom is led to what helps.
func TestDocsAdvice(t *testing.T) {
	booting, err := os.ReadFile("../../docs/booting.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`spanning tree and LACP\]\(([a-z.]+)#([^)]+)\)`).FindStringSubmatch(string(booting))
	if m == nil {
		t.Fatal("booting.md leads nowhere")
	}
	there, err := os.ReadFile("../../docs/" + m[1])
	if advice := sections(string(there))[m[2]]; err != nil || !strings.Contains(advice, "portfast") || !strings.Contains(advice, "LACP") {
		t.Errorf("%s#%s says nothing of it: %q %v", m[1], m[2], advice, err)
	}
}
