// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/certs"
	"github.com/bootlace-net/bootlace/internal/logins"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/life"
	"github.com/bootlace-net/bootlace/internal/machines/waiting"
	appliance "github.com/bootlace-net/bootlace/internal/site"
)

const password = "correct horse battery"

// site is an appliance with a screen, as the daemon assembles them: node1 to node3 install, rescue is a host without a life.
type site struct {
	api    *api.Server
	screen *Server
	door   *logins.Door
	book   *logins.Book
	lives  *lives
	url    string

	adopters *adopters
	minutes  []api.Minute // this and what follows is changed by with alone once the site is served
	findings []boot.Problem
	images   []api.Image

	mu   sync.Mutex
	told []boot.Event
}

// newSite makes one with as many more hosts as said.
func newSite(t testing.TB, more int) *site {
	t.Helper()
	cat := catalog(t, more)
	s := &site{door: logins.NewDoor(), book: &logins.Book{Format: logins.Format}, lives: &lives{records: map[string]life.Record{}}}
	s.api = &api.Server{
		Catalog: func() *boot.Catalog { return cat }, Memory: machines.New(machines.Options{}), Lives: s.lives, Events: s.event,
		Looping: func(h boot.History) string {
			return map[bool]string{true: "booted 9 times without getting anywhere"}[h.Boots[0].Count > 8]
		},
		Switch: func(context.Context, boot.Plan, string, api.PowerOrder) (by, state string, err error) {
			return "a BMC of the test", "on", nil
		},
	}
	s.adopters = &adopters{site: s}
	s.api.Waiting, s.api.Adopter = waiting.New(time.Now), s.adopters
	s.api.Minutes = func() (m []api.Minute) { s.with(func() { m = s.minutes }); return m }
	s.api.Findings = func() (f appliance.Findings) {
		s.with(func() { f = appliance.FindingsOf(s.findings) })
		return f
	}
	s.api.Images = func() (i []api.Image) { s.with(func() { i = s.images }); return i }
	s.screen = &Server{As: func(c api.Caller) Appliance { return s.api.As(c) }, Fleet: s.api, Now: time.Now,
		Door: func() Door { return s.door }}
	s.api.Screen = s.screen
	for _, name := range []string{"read", "operate", "admin"} {
		role, _ := logins.ParseRole(name)
		s.enter(t, name, role, password)
	}
	return s
}

// enter makes a login, or makes one anew.
func (s *site) enter(t testing.TB, name string, role logins.Role, password string) {
	t.Helper()
	hash, err := logins.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	b := &logins.Book{Format: logins.Format, Users: []logins.User{{Name: name, Role: role, Password: hash}}}
	for _, u := range s.book.Users {
		if u.Name != name {
			b.Users = append(b.Users, u)
		}
	}
	s.book = b
	s.door.Use(b)
}

func catalog(t testing.TB, more int) *boot.Catalog {
	t.Helper()
	spec := boot.Spec{
		Profiles: []*boot.Draft{profile("debian"), profile("rescue")},
		Groups: []*boot.Group{
			{Name: "compute", Match: boot.Match{OUIs: []string{"525400"}}, Labels: map[string]string{"rack": "r1"}},
			{Name: "new", Match: boot.Match{OUIs: []string{"525500"}}, Wait: true},
			{Name: "storage", Match: boot.Match{OUIs: []string{"525401"}}, Labels: map[string]string{"rack": "r2"}},
		},
		Hosts: []*boot.Host{
			{Name: "node1", Match: boot.Match{MACs: []boot.MAC{card(1)}}, Profile: "debian"},
			{Name: "node2", Match: boot.Match{MACs: []boot.MAC{card(2)}}, Profile: "debian"},
			{Name: "node3", Match: boot.Match{MACs: []boot.MAC{card(3)}}, Profile: "debian"},
			{Name: "tools", Match: boot.Match{MACs: []boot.MAC{card(4)}}, Profile: "rescue"},
		},
	}
	for i := range more {
		spec.Hosts = append(spec.Hosts, &boot.Host{Name: fmt.Sprintf("node%05d", i), Match: boot.Match{MACs: []boot.MAC{card(1000 + i)}}, Profile: "rescue"})
	}
	cat, problems := boot.Build(spec)
	for _, p := range problems {
		if !p.Warning {
			t.Fatal(p)
		}
	}
	return cat
}

func profile(name string) *boot.Draft {
	return &boot.Draft{Profile: boot.Profile{Entry: boot.Entry{Name: name, Kind: boot.EntryLocal}}}
}

// card is the address of a machine; every eighth is of the second group.
func card(n int) boot.MAC {
	return boot.MAC{0x52, 0x54, byte(1 - min(1, n%8)), byte(n >> 16), byte(n >> 8), byte(n)}
}

// with changes or reads what the appliance is asked for.
func (s *site) with(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

func (s *site) event(e boot.Event) {
	s.mu.Lock()
	s.told = append(s.told, e)
	s.mu.Unlock()
	s.note(e)
}

func (s *site) note(e boot.Event) {
	s.api.Memory.Note(e)
	s.api.News.Ring()
}

// words lists what the appliance was told to say.
func (s *site) words() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.told {
		all = append(all, e.Text+" "+e.Detail)
	}
	return all
}

// serve listens with TLS for those who log in, on this host until the test ends.
func (s *site) serve(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := certs.Init(dir, []string{"127.0.0.1"}, time.Now(), func(string, string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, certs.APICertificate), filepath.Join(dir, certs.APIKey))
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	s.run(t, l, api.ByLogin(func() api.Door { return s.door }))
	s.url = "https://" + l.Addr().String()
	return s.url
}

func (s *site) run(t testing.TB, l net.Listener, admit api.Admit) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.api.Serve(ctx, l, admit) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

// client has a jar for the session's cookie, and takes the certificate of the test.
func client(t testing.TB) *http.Client {
	t.Helper()
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Jar: newJar(t), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// lives keeps records of a map, as a store would. What debian is for installs.
type lives struct {
	mu      sync.Mutex
	records map[string]life.Record
}

func desired(p boot.Plan) (d life.Desired, key string) {
	if p.Profile != nil {
		d = life.Desired{Installs: p.Profile.Name == "debian", Profile: p.Profile.Name}
	}
	if p.Host != nil {
		return d, p.Host.Name
	}
	return d, p.Client.Key().String()
}

func (l *lives) Life(p boot.Plan) (api.Standing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d, key := desired(p)
	r := l.records[key]
	return api.Standing{Desired: d, Record: r, Status: life.Derive(d, r, life.Sight{})}, nil
}

func (l *lives) Order(_ context.Context, p boot.Plan, o life.Order) (life.Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d, key := desired(p)
	result := life.Command(d, l.records[key], life.Sight{}, o)
	l.records[key] = result.Record
	return result, nil
}
