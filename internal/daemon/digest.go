// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// What is kept of the appliance itself.
const (
	kindAppliance = "appliance"
	keyGood       = "configuration" // the digest of the last good one
)

// digest is the same for directories with the same files, by names and content. What is hidden does not count: .git changes by
// itself.
func digest(dir string) (string, error) {
	if dir == "" {
		return "built-in", nil
	}
	sum := sha256.New()
	files := os.DirFS(dir)
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !e.Type().IsRegular():
			return nil
		}
		f, err := files.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // only read
		one := sha256.New()
		if _, err := io.Copy(one, f); err != nil {
			return err
		}
		_, err = io.WriteString(sum, name+"\x00"+hex.EncodeToString(one.Sum(nil))+"\x00")
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:16]), err
}

// good keeps the digest of a configuration that is in use, and says at the start if it is another one than in the run before: it
// was changed while nobody looked.
func (s *state) good(dir string, starting bool) {
	db := s.opened()
	if db == nil {
		return
	}
	now, err := digest(dir)
	if err != nil {
		return // it was read a moment ago; should it stay unreadable, the next reload tells
	}
	var before string
	_ = db.All(kindAppliance, func(e machines.Entry) error { // what cannot be read is not known
		if e.Key == keyGood {
			before = string(e.Value)
		}
		return nil
	})
	if before == now {
		return
	}
	if starting && before != "" {
		s.say(boot.LevelInfo, "the configuration is another one than in the run before", "digest", now, "before", before)
	}
	if err := db.Put(kindAppliance, []machines.Entry{{Key: keyGood, Value: []byte(now)}}); err != nil {
		s.trouble(err)
	}
}
