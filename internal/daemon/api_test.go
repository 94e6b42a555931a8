// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// asks is a client of a running appliance.
func (a *appliance) asks(t *testing.T) *api.Client {
	t.Helper()
	c, err := api.Dial("unix://"+filepath.Join(a.state, "api.sock"), api.Login{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestServeAPI: what machines do is seen by who asks and by who follows; what is ordered is in the timeline.
func TestServeAPI(t *testing.T) {
	ended := make(chan error, 1)
	t.Cleanup(func() { // what serve cleans up comes before it
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("who follows an appliance that ends: %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("who follows an appliance is not told that it ended")
		}
	})
	a := serve(t, onLoopback, map[string]string{
		"profiles/p.yaml": "kernel: linux\n",
		"hosts/h.yaml":    "hosts: [{name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
	})
	c := a.asks(t)
	if m, err := c.Machine(t.Context(), "one"); err != nil || m.State != api.Unseen {
		t.Fatalf("%+v, %v", m, err)
	}
	events := make(chan api.Event, 10)
	go func() {
		ended <- c.Follow(context.Background(), "one", func(e api.Event) error { events <- e; return nil })
	}()
	if _, err := a.get(t, "m/52-54-00-00-00-01/linux"); err != nil {
		t.Fatal(err)
	}
	select {
	case e := <-events:
		if e.File == nil || e.File.Name != "m/52-54-00-00-00-01/linux" || e.Host != "one" {
			t.Errorf("%+v", e)
		}
	case <-time.After(time.Minute):
		t.Fatal("who follows hears nothing")
	}
	m, err := c.Machine(t.Context(), "525400000001")
	if err != nil || m.Name != "one" || m.State == api.Unseen || m.Last != "tftp m/52-54-00-00-00-01/linux: complete" {
		t.Errorf("%+v, %v", m, err)
	}
	a.write(t, filepath.Join(a.dir, "hosts/h.yaml"), "hosts: [{name: two, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n")
	a.wait(t, "configuration reloaded")
	if m, err := c.Machine(t.Context(), "525400000001"); err != nil || m.Name != "two" {
		t.Errorf("after a reload: %+v, %v", m, err)
	}
}

// TestSocketSettings: where the socket is, and what happens when there can be none.
func TestSocketSettings(t *testing.T) {
	short, err := os.MkdirTemp("", "api")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	for _, tc := range []struct {
		name, yaml, state, runtime string
		socket                     string // where it is; "": nowhere
		fails                      string
	}{
		{"in the state directory", "", short, "", short + "/api.sock", ""},
		{"where systemd made a place", "", "/nowhere", short + ":/other", short + "/api.sock", ""},
		{"where it is to be", "api: {socket: " + short + "/x}", "/nowhere", "", short + "/x", ""},
		{"off", "api: {socket: off}", short, "", "", ""},
		{"a state directory that is not there", "", "/nowhere", "", "", ""},
		{"a place that is not there", "api: {socket: /nowhere/x}", short, "", "", "api: listen unix /nowhere/x~: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv("RUNTIME_DIRECTORY", tc.runtime)
			d := assembledOf(t, map[string]string{"bootlace.yaml": "server: {user: ''}\n" + tc.yaml}).daemon
			s := d.site.Settings
			s.Server.State = tc.state
			err := d.listenAPI(&s)
			var sys *SystemError
			if (tc.fails == "") != (err == nil) || err != nil && (!errors.As(err, &sys) || !strings.HasPrefix(err.Error(), tc.fails)) {
				t.Errorf("%v, want %q", err, tc.fails)
			}
			if (tc.socket == "") != (len(d.tasks) == 0) {
				t.Fatalf("%d tasks", len(d.tasks))
			}
			if tc.socket == "" {
				return
			}
			if info, err := os.Stat(tc.socket); err != nil || info.Mode().Type() != os.ModeSocket {
				t.Error(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := d.tasks[0].Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestASecondApplianceWithTheSameState does not take the socket of the first, and says so.
func TestASecondApplianceWithTheSameState(t *testing.T) {
	a := serve(t, onLoopback, nil)
	d := assembledOf(t, nil).daemon
	s := d.site.Settings
	s.Server.State, s.Server.User = a.state, ""
	if err := d.listenAPI(&s); !errors.Is(err, api.ErrInUse) {
		t.Errorf("%v", err)
	}
	if _, err := a.asks(t).List(t.Context(), api.Query{}); err != nil {
		t.Errorf("the first one: %v", err)
	}
}

// TestReleaseEndsALoop: DHCP's verdict, the state that is shown, and the machine's next answer are of one mind.
func TestReleaseEndsALoop(t *testing.T) {
	d := assembledOf(t, map[string]string{"bootlace.yaml": "server: {user: ''}\nloop: {returns: 2}\n"}).daemon
	srv := d.apiServer(&d.site.Settings)
	now := time.Now()
	d.memory.Learn(mac(1), func(h *boot.History) {
		for range 3 {
			h.Boots[boot.WayOf(&boot.Client{Class: boot.ClassPXE}, false)].Add(now, time.Hour)
		}
	})
	k, _ := d.memory.Look(mac(1))
	if why := srv.Looping(k.History); why != "booted 3 times within 30m0s without getting anywhere: loop.then is local until bootlace machines release" {
		t.Errorf("%q", why)
	}
	d.memory.Learn(mac(1), (*boot.History).Arrived)
	if k, _ := d.memory.Look(mac(1)); srv.Looping(k.History) != "" {
		t.Errorf("%+v", k.History)
	}
}

func TestNobodyIsNotLetIn(t *testing.T) {
	for _, tc := range []struct {
		startedAs   int
		owner, want api.Owner
	}{
		{0, api.Owner{UID: shared, GID: shared}, api.Owner{UID: -1, GID: -1}},
		{0, api.Owner{UID: 998, GID: 997}, api.Owner{UID: 998, GID: 997}},
		{0, api.Owner{UID: 998, GID: shared}, api.Owner{UID: 998, GID: -1}},
		{0, api.Owner{UID: 0, GID: 0}, api.Owner{UID: 0, GID: 0}},
		{shared, api.Owner{UID: shared, GID: shared}, api.Owner{UID: shared, GID: shared}},
	} {
		if got := admitted(tc.startedAs, tc.owner); got != tc.want {
			t.Errorf("started as %d, owned by %v: %v, want %v", tc.startedAs, tc.owner, got, tc.want)
		}
	}
}
