// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/dhcpproxy"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/privileges"
	"github.com/bootlace-net/bootlace/internal/recorder"
	"github.com/bootlace-net/bootlace/internal/site"
)

// noSocket is what api.socket says when there is to be none.
const noSocket = "off"

// listenAPI makes the socket for people and programs. Machines boot without it: where nobody asked for one and none can be
// made, that is told and no more.
func (d *daemon) listenAPI(s *configs.Settings) error {
	if s.API.Socket == noSocket {
		return nil
	}
	owner, err := servingAs(s.Server.User)
	if err != nil {
		return &SystemError{What: "server.user", Err: err}
	}
	l, err := api.Listen(socketOf(s), owner)
	switch {
	case err == nil:
	case s.API.Socket != "" || errors.Is(err, api.ErrInUse):
		return &SystemError{What: "api", Err: err}
	default:
		d.recorder.Say(boot.LevelWarn, "no socket for bootlace machines: set api.socket to another path, or to off", "error", err)
		return nil
	}
	srv := d.apiServer(s)
	admit := api.BySocket(api.Admitted(admitted(os.Geteuid(), owner)))
	d.started = append(d.started, "api "+socketOf(s))
	d.tasks = append(d.tasks, job{"api", func(ctx context.Context) error { return srv.Serve(ctx, l, admit) }})
	return nil
}

// socketOf is where the socket is that the settings ask for. RUNTIME_DIRECTORY is systemd's (systemd.exec(5)).
func socketOf(s *configs.Settings) string {
	runtime, _, _ := strings.Cut(os.Getenv("RUNTIME_DIRECTORY"), ":")
	return cmp.Or(s.API.Socket, filepath.Join(cmp.Or(runtime, s.Server.State), "api.sock"))
}

// apiServer translates the settings.
func (d *daemon) apiServer(s *configs.Settings) *api.Server {
	d.api.Catalog = func() *boot.Catalog { return d.current.Load().Catalog }
	d.api.Memory = d.memory
	d.api.Judge = d.judge
	d.api.Images = d.images
	d.api.Waiting, d.api.Adopter = d.waits, d.adopter
	d.api.Rules = d.rules.uses
	d.api.Lives = orders{d.lives}
	d.api.Backup, d.api.Settle = d.state.backup, d.state.settle
	d.api.Events = d.recorder.Record
	d.api.Switch = (&switchboard{site: d.current.Load}).do
	d.api.Screen = d.apiScreen()
	d.api.Hosts = &hostKeeper{d.current.Load, d.again, &d.adopter.mu}
	d.api.Site, d.api.Findings, d.api.Minutes, d.api.Metrics = d.current.Load, d.findings, d.minutes, d.recorder.Handler()
	var r dhcpproxy.Responder
	site.SetResponder(&r, s, nil)
	d.api.Looping = func(h boot.History) string {
		n := r.Limits.Looping(&h, time.Now())
		if n == 0 {
			return ""
		}
		return fmt.Sprintf("booted %d times within %v without getting anywhere: loop.then is %v until bootlace machines release", n, s.Loop.Within, s.Loop.Then)
	}
	return &d.api
}

// shared is the number of nobody and of its group.
const shared = 65534

// admitted is who may ask beside root. Who we become when we were started as root is nobody, unless server.user names another:
// an account that many programs have, and that NFS makes of root, so that being it says nothing. Who starts us as nobody, such as
// a container, has it for us alone.
func admitted(startedAs int, owner api.Owner) api.Owner {
	if startedAs != 0 {
		return owner
	}
	if owner.UID == shared {
		owner.UID = -1
	}
	if owner.GID == shared {
		owner.GID = -1
	}
	return owner
}

// backup copies the database.
func (s *state) backup(w io.Writer) error {
	db := s.opened()
	if db == nil {
		return &api.Problem{Status: http.StatusServiceUnavailable, Title: "Service Unavailable", Detail: "there is no database to copy: the log says why"}
	}
	return db.Backup(w)
}

// servingAs is who we are once privileges are dropped.
func servingAs(name string) (api.Owner, error) {
	if os.Geteuid() != 0 || name == "" || name == "root" {
		return api.Owner{UID: os.Geteuid(), GID: os.Getegid()}, nil
	}
	uid, gid, err := privileges.Lookup(name)
	return api.Owner{UID: uid, GID: gid}, err
}

// told keeps a story and wakes those who follow it.
type told struct {
	recorder.Stories
	news *api.News
}

// Note follows recorder.Stories.
func (t told) Note(e boot.Event) {
	t.Stories.Note(e)
	if n := e.Network; n != nil && n.Rival != "" && !e.Client.Key().IsZero() { // the machine is an example: it is about the network, too
		e.Client = boot.Client{}
		t.Stories.Note(e)
	}
	t.news.Ring()
}
