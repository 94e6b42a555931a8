// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestInventory: a loader says what it runs on by a query or a form, in iPXE's way of writing both; a file of that name is a file.
func TestInventory(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat("a=1&", 9), "&")
	for i := range 200 {
		many += "&k" + strings.Repeat("x", i) + "=v"
	}
	for _, tt := range []struct {
		what, method, path, body string
		status                   int
		want                     map[string]string // nil: it is none
	}{
		{"query", "GET", "/m/52-54-00-00-00-01/inventory?serial=a%20b+c&uuid=&x", "", 200, map[string]string{"serial": "a b+c", "uuid": "", "x": ""}},
		{"form", "POST", "/m/52-54-00-00-00-01/inventory", "product=PC%20(Q35%20+%20ICH9)&mac=52%3A54", 200, map[string]string{"product": "PC (Q35 + ICH9)", "mac": "52:54"}},
		{"a form counts, not the query beside it", "POST", "/inventory?a=1", "b=2", 200, map[string]string{"b": "2"}},
		{"what cannot be read is left out", "POST", "/inventory", "a=%zz&b=%00&c=1&c=2&%zz=x", 200, map[string]string{"b": "\x00", "c": "1"}},
		{"nothing", "POST", "/inventory", "", 200, map[string]string{"": ""}},
		{"too long", "POST", "/inventory", strings.Repeat("x", mostOfAnInventory+1), 400, nil},
		{"a file", "GET", "/m/52-54-00-00-00-01/inventory", "", 200, nil},
		{"a file with a query", "GET", "/m/52-54-00-00-00-01/x/inventory?a=b", "", 404, nil},
		{"a size", "HEAD", "/inventory?a=b", "", 404, nil},
		{"outside", "POST", "/../inventory", "a=b", 404, nil},
	} {
		t.Run(tt.what, func(t *testing.T) {
			var got map[string]string
			var who Request
			srv := &Server{Tree: shelf{"m/52-54-00-00-00-01/inventory": "a file"}, Inventory: func(r *Request, values map[string]string) { who, got = *r, values }}
			w := httptest.NewRecorder()
			srv.Handler().ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body)))
			if w.Code != tt.status {
				t.Errorf("status %d, want %d", w.Code, tt.status)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if path, _, _ := strings.Cut(tt.path, "?"); got != nil && (who.Name != path || !who.Remote.IsValid() || w.Header().Get("Cache-Control") != "no-store") {
				t.Errorf("%+v", who)
			}
		})
	}
	values := formValues(many)
	if len(values) != mostValues || values["a"] != "1" {
		t.Errorf("%d values", len(values))
	}
	w := httptest.NewRecorder()
	(&Server{Tree: shelf{}}).Handler().ServeHTTP(w, httptest.NewRequest("POST", "/inventory", strings.NewReader("a=b")))
	if w.Code != 404 {
		t.Errorf("status %d where nobody takes them", w.Code)
	}
}
