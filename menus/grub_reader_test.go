// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"strings"
	"testing"
)

// grubLine is one command with its words; the body of a menuentry or submenu hangs on it.
type grubLine struct {
	words []string
	body  []grubLine
}

// readGRUB takes a configuration apart the way GRUB's lexer does: words between white space, single quotes that keep
// everything, a backslash that keeps one character. Anything else that means something to GRUB is an error: nothing
// rendered may contain it.
func readGRUB(t testing.TB, text string) []grubLine {
	t.Helper()
	text = strings.Replace(text, grubLocalBoot, "", 1) // fixed, and a language of its own
	text = strings.Replace(text, grubWait, "", 1)
	stack := [][]grubLine{nil}
	for raw := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		words := grubWords(t, raw)
		switch {
		case len(words) == 0:
		case len(words) == 1 && words[0] == "}":
			body := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if len(stack) == 0 {
				t.Fatal("one } too many")
			}
			outer := stack[len(stack)-1]
			outer[len(outer)-1].body = body
		case words[len(words)-1] == "{":
			top := len(stack) - 1
			stack[top] = append(stack[top], grubLine{words: words[:len(words)-1]})
			stack = append(stack, nil)
		default:
			top := len(stack) - 1
			stack[top] = append(stack[top], grubLine{words: words})
		}
	}
	if len(stack) != 1 {
		t.Fatal("a } is missing")
	}
	return stack[0]
}

func grubWords(t testing.TB, line string) []string {
	t.Helper()
	var words []string
	var word strings.Builder
	inWord := false
	flush := func() {
		if inWord {
			words = append(words, word.String())
		}
		word.Reset()
		inWord = false
	}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'':
			end := strings.IndexByte(line[i+1:], '\'')
			if end < 0 {
				t.Fatalf("a quote is not closed: %q", line)
			}
			word.WriteString(line[i+1 : i+1+end])
			i, inWord = i+1+end, true
		case c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
			inWord = true
		case c == ' ' || c == '\t':
			flush()
		case c == '#' && !inWord:
			return words
		case strings.IndexByte("$;|&<>\"\\`", c) >= 0:
			t.Fatalf("the character %q stands unquoted in %q", c, line)
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	flush()
	return words
}
