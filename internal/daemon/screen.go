// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/http"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/screen"
)

// apiScreen is what browsers see of the API.
func (d *daemon) apiScreen() http.Handler {
	s := &screen.Server{
		As:    func(c api.Caller) screen.Appliance { return d.api.As(c) },
		Fleet: &d.api,
		Now:   time.Now,
	}
	if d.credentials != nil {
		s.Door = func() screen.Door { return d.credentials.door.Get() }
	}
	return s
}
