// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// InventoryName is the name, in a machine's tree, to which its loader sends what it runs on: as the query of a GET, or the form of a POST.
const InventoryName = "inventory"

// Bounds of an inventory. The keys that a firmware trusts are its largest part: a few kilobytes each, in hexadecimal.
const (
	mostOfAnInventory = 128 << 10
	mostValues        = 64
	inventoryTime     = 10 * time.Second
)

// isInventory tells an inventory from a file that has the same name.
func (s *Server) isInventory(r *http.Request) bool {
	if s.Inventory == nil || r.Method != http.MethodPost && (r.Method != http.MethodGet || r.URL.RawQuery == "") {
		return false
	}
	n, err := boot.ParseName(r.URL.Path)
	return err == nil && n.Path() == InventoryName
}

// inventory takes one. A machine goes on in any case, so the answer is the same for all that can be read.
func (s *Server) inventory(w http.ResponseWriter, r *http.Request) {
	form := r.URL.RawQuery
	if r.Method == http.MethodPost {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(inventoryTime)) // a writer without deadlines (tests) goes without
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostOfAnInventory))
		if err != nil {
			http.Error(w, "the inventory is too long, or was broken off", http.StatusBadRequest)
			return
		}
		form = string(body)
	}
	req := request(r)
	s.Inventory(&req, formValues(form))
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, "ok\n") // nobody to tell when the asker is gone
}

// formValues reads a form as iPXE writes it. That writes a space as %20 and, up to 2.0.0, a plus as it is (its core/uri.c), which
// others would take for a space. Of a key that comes again the first value counts.
func formValues(form string) map[string]string {
	values := make(map[string]string)
	for pair := range strings.SplitSeq(form, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if len(values) == mostValues {
			break
		}
		key, bad := url.PathUnescape(key)
		value, err := url.PathUnescape(value)
		if _, again := values[key]; bad == nil && err == nil && !again {
			values[key] = value
		}
	}
	return values
}
