// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"net/http"

	"github.com/bootlace-net/bootlace/internal/logins"
)

// handler answers somebody who may.
type handler func(http.ResponseWriter, *http.Request, *visitor)

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/{file}", asset)
	mux.HandleFunc("GET /login", s.loginPage)
	mux.HandleFunc("POST /login", s.login)
	s.eachPage(func(least logins.Role, pattern string, h handler) { mux.HandleFunc(pattern, s.may(least, h)) })
	mux.HandleFunc("/", s.may(logins.Read, func(w http.ResponseWriter, r *http.Request, v *visitor) {
		s.fail(w, v, &failure{http.StatusNotFound, "There is no such page."})
	}))
	return mux
}

// eachPage gives all pages that somebody must be known for, with the least role that may.
func (s *Server) eachPage(handle func(least logins.Role, pattern string, h handler)) {
	handle(logins.Read, "POST /logout", s.formed(s.logout))
	handle(logins.Read, "GET /{$}", s.fleetPage)
	handle(logins.Read, "GET /live", s.fleetLive)
	handle(logins.Read, "GET /unknown", s.unknownPage)
	handle(logins.Read, "GET /unknown/live", s.unknownLive)
	handle(logins.Operate, "GET /unknown/{code}", s.adoptPage)
	handle(logins.Operate, "POST /unknown/{code}", s.formed(s.adopt))
	handle(logins.Read, "GET /network", s.networkPage)
	handle(logins.Read, "GET /network/live", s.networkLive)
	handle(logins.Read, "GET /books", s.booksPage)
	handle(logins.Read, "GET /m/{name}/files/{path...}", s.filePage)
	handle(logins.Read, "GET /m/{name}", s.machinePage)
	handle(logins.Read, "GET /m/{name}/live", s.machineLive)
	handle(logins.Operate, "GET /m/{name}/{verb}", s.confirmPage)
	handle(logins.Operate, "POST /m/{name}/{verb}", s.formed(s.obey))
}
