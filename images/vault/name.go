// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Bounds of names, in bytes.
const (
	maxSegment = 60
	maxPath    = 500
)

// errName says what the name of an image looks like.
var errName = errors.New("expected family/version or family/version/architecture, such as debian/12: lower-case letters, digits, and . _ + - between them")

// CheckName says what is wrong with the name of an image; nil if nothing is. It has two or three segments.
func CheckName(name string) error {
	segs := strings.Split(name, "/")
	if len(segs) < 2 || len(segs) > 3 || segs[0] == "m" { // m/MAC/ is how names of machines begin
		return fmt.Errorf("image %q: %w", clip(name), errName)
	}
	for _, s := range segs {
		if !segment(s) {
			return fmt.Errorf("image %q: %w", clip(name), errName)
		}
	}
	return nil
}

func segment(s string) bool {
	if s == "" || len(s) > maxSegment || !alnum(s[0]) || !alnum(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		if !alnum(s[i]) && !strings.ContainsRune("._+-", rune(s[i])) {
			return false
		}
	}
	return true
}

func alnum(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

// checkPath is about the path of a file inside its image.
func checkPath(path string) error {
	if !fs.ValidPath(path) || path == "." || len(path) > maxPath || strings.Contains(path, `\`) {
		return fmt.Errorf("file %q: expected a relative path of at most %d bytes, without .. and \\", clip(path), maxPath)
	}
	for i := range len(path) {
		if path[i] < ' ' || path[i] == 0x7f {
			return fmt.Errorf("file %q: a path holds no control characters", clip(path))
		}
	}
	return nil
}

func clip(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

// fileOf is the name of the file of a manifest: no segment of a name holds an @.
func fileOf(name string) string { return strings.ReplaceAll(name, "/", "@") + ".json" }

// nameOf undoes fileOf; false for files that hold no manifest.
func nameOf(file string) (string, bool) {
	base, ok := strings.CutSuffix(file, ".json")
	name := strings.ReplaceAll(base, "@", "/")
	return name, ok && CheckName(name) == nil
}
