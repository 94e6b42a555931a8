// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"io"
	"regexp"
	"strings"
	"sync"
)

// Console collects what a machine writes on its serial port. Firmware draws with terminal escapes; Text is without them.
type Console struct {
	mu      sync.Mutex
	raw     []byte
	text    string
	cleaned int       // bytes of raw that text stands for
	copy    io.Writer // gets everything as it comes; may be nil
	escapes *regexp.Regexp
}

// NewConsole gives an empty console. What is written to it also goes to out, if that is not nil.
func NewConsole(out io.Writer) *Console {
	return &Console{copy: out, escapes: regexp.MustCompile(`\x1b\[[0-9;?=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>78DM]|[\r\x00]`)}
}

// Write takes the next bytes.
func (c *Console) Write(b []byte) (int, error) {
	c.mu.Lock()
	c.raw = append(c.raw, b...)
	c.mu.Unlock()
	if c.copy == nil {
		return len(b), nil
	}
	return c.copy.Write(b)
}

// Text is what was written so far, without escapes and carriage returns.
func (c *Console) Text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cleaned != len(c.raw) {
		c.text, c.cleaned = c.escapes.ReplaceAllString(string(c.raw), ""), len(c.raw)
	}
	return c.text
}

// Tail gives the last n lines that are not empty.
func (c *Console) Tail(n int) string {
	var lines []string
	for line := range strings.SplitSeq(c.Text(), "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimRight(line, " "))
		}
	}
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
