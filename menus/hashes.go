// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"encoding/hex"
	"strings"
	"sync"
)

// hashes remembers what plain passwords of entries hash to, which takes milliseconds each. There are as many as there
// are entries with one.
type hashes struct {
	mu   sync.Mutex
	made map[hashKey]string
}

type hashKey struct{ kind, password string }

func (h *hashes) of(kind, password string, hash func(password string) string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	k := hashKey{kind, password}
	if s, ok := h.made[k]; ok {
		return s
	}
	if h.made == nil {
		h.made = make(map[hashKey]string)
	}
	s := hash(password)
	h.made[k] = s
	return s
}

// cryptHash gives the password of an entry as PXELINUX checks it; "" if it is a hash of another kind.
func (s *session) cryptHash(password string) string {
	if hashed(password) {
		if strings.HasPrefix(password, "$") {
			return password
		}
		return ""
	}
	return s.tree.hashes.of("crypt", password, func(p string) string {
		out, err := sha512Crypt(p, entrySalt(), 0)
		if err != nil {
			return "" // not with that salt
		}
		return out
	})
}

// grubHash gives it as GRUB checks it; "" if it is a hash of another kind.
func (s *session) grubHash(password string) string {
	switch {
	case grubHash(password):
		return password
	case hashed(password):
		return ""
	}
	return s.tree.hashes.of("grub", password, func(p string) string {
		salt := strings.ToUpper(hex.EncodeToString([]byte(entrySalt())))
		out, _ := rehashGRUB(p, "grub.pbkdf2.sha512.10000."+salt+"."+strings.Repeat("0", 128))
		return out
	})
}

// entrySalt is the salt of passwords that stand in the configuration as they are: the same in every run, so that the
// same configuration renders to the same bytes.
func entrySalt() string { return "bootlace.entries" }
