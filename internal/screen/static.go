// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"embed"
	"net/http"
	"path"
)

// files is all that a browser loads but the pages. Each build of the program has its own, and browsers ask whether it is new.
//
//go:embed static
var files embed.FS

func asset(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	b, err := files.ReadFile(path.Join("static", r.PathValue("file")))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	w.Header().Set("Content-Type", kinds[path.Ext(r.PathValue("file"))])
	_, _ = w.Write(b) // nobody is left to be told
}
