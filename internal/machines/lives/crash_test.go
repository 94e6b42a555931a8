// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/boltstore"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

const serveEnv = "LIVES_TEST_SERVE"

// TestMain lets the test run itself as an appliance that can be killed.
func TestMain(m *testing.M) {
	path := os.Getenv(serveEnv)
	if path == "" {
		os.Exit(m.Run())
	}
	if err := serveLives(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// granted is what a simulated machine gets.
type granted struct {
	Installs bool
	Attempt  int
	Done     string // token
}

// serveLives answers simulated machines by HTTP, with the real database.
func serveLives(path string) error {
	db, err := boltstore.Open(path)
	if err != nil {
		return err
	}
	l := New(Options{Events: func(boot.Event) {}, Find: func(m boot.MAC) (Machine, bool) { return simulated(m), true }})
	if err := l.Use(context.Background(), db); err != nil {
		return err
	}
	go func() { _ = l.Run(context.Background()) }() // it ends with the process
	http.HandleFunc("/ask/", func(w http.ResponseWriter, r *http.Request) {
		mac, what, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/ask/"), "/")
		nic, err := boot.ParseMAC(mac)
		if err != nil {
			panic(err)
		}
		ev := life.EvidenceScript
		if what == "kernel" {
			ev = life.EvidenceKernel
		}
		g := l.Grant(r.Context(), simulated(nic), life.Event{What: ev}, "127.0.0.1")
		out := granted{Installs: g.Serve == life.ServeInstall, Attempt: g.Attempt}
		if g.Tokens != nil {
			out.Done = g.Tokens.Token(boot.ScopeDone)
		}
		_ = json.NewEncoder(w).Encode(out) // who asks may be gone
		if out.Installs {
			l.Note(simulated(nic), life.Event{Kind: life.Sent, What: ev, Boot: g.Boot})
		}
	})
	http.HandleFunc("/done/", func(w http.ResponseWriter, r *http.Request) {
		b, err := l.Bearer(strings.TrimPrefix(r.URL.Path, "/done/"), life.ScopeDone, netip.MustParseAddr("127.0.0.1"))
		if err == nil {
			_, err = l.Report(r.Context(), b, life.Event{Kind: life.Reported})
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return http.Serve(listener, nil) //nolint:gosec // a test's own server
}

func simulated(nic boot.MAC) Machine {
	policy := boot.DefaultInstall()
	p := boot.Plan{Action: boot.ActionBoot, Host: &boot.Host{Name: nic.Dash()}, Profile: &boot.Profile{Entry: boot.Entry{Name: "debian"}}, Install: &policy, Generation: 1}
	p.Client.MAC = nic
	return Of(p)
}

// victim is the appliance that is killed again and again.
type victim struct {
	path string
	addr atomic.Pointer[string]
}

// run starts it, and kills it after a time.
func (v *victim) run(t *testing.T, lives time.Duration) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env, c.Stderr = append(os.Environ(), serveEnv+"="+v.path), os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal("the appliance did not start: ", err)
	}
	addr := strings.TrimSpace(line)
	v.addr.Store(&addr)
	time.Sleep(lives)
	_ = c.Process.Kill() // SIGKILL
	_ = c.Wait()         // that it was killed is meant
}

var errDown = errors.New("no answer")

// get asks whoever runs now.
func (v *victim) get(client *http.Client, path string, to any) error {
	resp, err := client.Get("http://" + *v.addr.Load() + path)
	if err != nil {
		return errDown
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return errDown
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%s: %s", resp.Status, b)
	case to != nil:
		return json.Unmarshal(b, to)
	}
	return nil
}

// TestKilled: whenever the appliance is killed, a machine installs three times at most, and never after it was answered that it is
// done; a report whose answer was lost can be made again.
func TestKilled(t *testing.T) {
	kills := 200
	if testing.Short() {
		kills = 20
	}
	v := &victim{path: filepath.Join(t.TempDir(), boltstore.File)}
	nobody := "127.0.0.1:1"
	v.addr.Store(&nobody)
	var over atomic.Bool
	var next, installs, finished, lost atomic.Int64
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 9))
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
			for !over.Load() {
				n := next.Add(1)
				m := &simulation{t: t, v: v, client: client, r: r, over: &over, nic: boot.MAC{2, 0, 0, byte(n >> 16), byte(n >> 8), byte(n)}}
				m.live()
				installs.Add(int64(m.installs))
				finished.Add(int64(m.done))
				lost.Add(int64(m.lost))
			}
		})
	}
	enough := func() bool {
		return installs.Load() >= int64(kills)/2 && finished.Load() >= int64(kills)/10 && lost.Load() >= int64(kills)/2
	}
	r, longest := rand.New(rand.NewPCG(1, 1)), 30
	for n := 0; n < kills || !enough() && n < 5*kills; n++ {
		if n%kills == kills-1 { // on a busy machine less is done in the same time
			longest *= 2
		}
		v.run(t, time.Duration(r.IntN(longest))*time.Millisecond)
	}
	over.Store(true)
	group.Wait()
	t.Logf("%d kills, %d machines, %d installs, %d done, %d answers lost", kills, next.Load(), installs.Load(), finished.Load(), lost.Load())
	if !enough() {
		t.Error("the test does not do what it says")
	}
	db, err := boltstore.Open(v.path) // it is sound
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.List(func(key string, value []byte, _ uint64) error {
		_, err := life.Decode(value)
		return err
	}); err != nil {
		t.Error(err)
	}
}

// simulation is a machine that boots again and again: it fetches its script and its kernel, and sometimes says that it is done.
type simulation struct {
	t      *testing.T
	v      *victim
	client *http.Client
	r      *rand.Rand
	over   *atomic.Bool
	nic    boot.MAC

	installs, done, lost int
}

func (m *simulation) ask(what string) (g granted, ok bool) {
	err := m.v.get(m.client, "/ask/"+m.nic.String()+"/"+what, &g)
	if err != nil {
		m.lost++
		time.Sleep(time.Millisecond)
	}
	return g, err == nil
}

// live goes on until the machine was sent to its disk several times.
func (m *simulation) live() {
	for disks := 0; disks < 3 && !m.over.Load(); {
		g, ok := m.ask("script")
		switch {
		case !ok:
			continue
		case !g.Installs:
			disks++
			continue
		}
		m.installs++
		if m.installs > 3 || m.done > 0 {
			m.t.Errorf("%v: install %d, done %d times before: %+v", m.nic, m.installs, m.done, g)
			return
		}
		if k, ok := m.ask("kernel"); !ok || !k.Installs {
			m.untilItAnswers() // the machine stands there until somebody resets it, which is in another run of the appliance
			continue
		}
		if m.r.IntN(2) == 0 {
			m.report(g.Done)
		}
	}
}

// untilItAnswers waits for a kernel that was not given out: then this boot is over.
func (m *simulation) untilItAnswers() {
	for !m.over.Load() {
		if _, ok := m.ask("kernel"); ok {
			return
		}
	}
}

// report says that it is done until that is answered.
func (m *simulation) report(token string) {
	for !m.over.Load() {
		err := m.v.get(m.client, "/done/"+token, nil)
		if err == nil {
			m.done++
			return
		}
		if !errors.Is(err, errDown) {
			m.t.Errorf("%v: done: %v", m.nic, err)
			return
		}
		m.lost++
		time.Sleep(time.Millisecond)
	}
}
