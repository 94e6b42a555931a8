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
		As:       func(c api.Caller) screen.Appliance { return d.api.As(c) },
		Fleet:    &d.api,
		Profiles: d.profileNames,
		Now:      time.Now,
	}
	if d.credentials != nil {
		s.Door = func() screen.Door { return d.credentials.door.Get() }
	}
	return s
}

func (d *daemon) profileNames() []string {
	profiles := d.current.Load().Catalog.Profiles()
	names := make([]string, len(profiles))
	for i, p := range profiles {
		names[i] = p.Name
	}
	return names
}
