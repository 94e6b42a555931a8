// SPDX-License-Identifier: Apache-2.0

package power

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

// TestVendors plays a life of a machine with each maker's answers: what each is asked is what its documentation wants.
func TestVendors(t *testing.T) {
	const dell, one = "/redfish/v1/Systems/System.Embedded.1", "/redfish/v1/Systems/1"
	reset := func(system, kind string) string {
		return "POST " + system + `/Actions/ComputerSystem.Reset {"ResetType":"` + kind + `"}`
	}
	for _, tc := range []struct {
		name, system, cycle string
		pxe, http           []string
		prepare             func(*bmc)
	}{
		{"dell", dell, "PowerCycle",
			[]string{"PATCH " + dell + ` {"Boot":{"BootSourceOverrideEnabled":"Once","BootSourceOverrideTarget":"Pxe"}}`},
			[]string{
				"PATCH " + dell + `/Bios/Settings {"@Redfish.SettingsApplyTime":{"ApplyTime":"OnReset"},"Attributes":{"HttpDev1EnDis":"Enabled","HttpDev1TlsMode":"None","HttpDev1Uri":"http://10.0.0.2/ipxe.efi"}}`,
				"PATCH " + dell + ` {"Boot":{"BootSourceOverrideEnabled":"Once","BootSourceOverrideTarget":"UefiHttp"}}`,
			}, func(b *bmc) { b.refuses = []string{"HttpBootUri"} }},
		{"hpe", one, "ForceRestart",
			[]string{"PATCH " + one + ` {"Boot":{"BootSourceOverrideEnabled":"Once","BootSourceOverrideTarget":"Pxe"}}`},
			[]string{
				"PATCH " + one + `/Bios/Settings {"Attributes":{"UrlBootFile":"http://10.0.0.2/ipxe.efi"}}`,
				"PATCH " + one + ` {"Boot":{"BootSourceOverrideEnabled":"Once","BootSourceOverrideTarget":"UefiHttp"}}`,
			}, func(b *bmc) { b.refuses = []string{"HttpBootUri", "BootSourceOverrideMode", "ApplyTime"} }},
		{"supermicro", one, "ForceRestart",
			[]string{"PATCH " + one + ` {"Boot":{"BootSourceOverrideEnabled":"Once","BootSourceOverrideMode":"UEFI","BootSourceOverrideTarget":"Pxe"}}`},
			[]string{"PATCH " + one + ` {"Boot":{"BootSourceOverrideEnabled":"Once","BootSourceOverrideMode":"UEFI","BootSourceOverrideTarget":"UefiHttp","HttpBootUri":"http://10.0.0.2/ipxe.efi"}}`},
			nil},
		{"lenovo", one, "ForceRestart",
			[]string{"PATCH " + one + ` {"Boot":{"BootSourceOverrideEnabled":"Once","BootSourceOverrideTarget":"Pxe"}}`},
			[]string{"PATCH " + one + ` {"Boot":{"BootSourceOverrideEnabled":"Once","BootSourceOverrideTarget":"UefiHttp","HttpBootUri":"http://10.0.0.2/ipxe.efi"}}`},
			func(b *bmc) { b.ifMatch = true }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := startBMC(t, tc.name+".json")
			if tc.prepare != nil {
				tc.prepare(b)
			}
			desk, web := &Desk{}, b.target()
			web.Way.HTTP = "http://10.0.0.2/ipxe.efi"
			for _, step := range []struct {
				target *Target
				order  Order
				state  State
				asked  []string
			}{
				{b.target(), Order{}, On, nil},
				{b.target(), Order{Action: TurnOn}, On, nil},
				{b.target(), Order{Action: Cycle, Network: true}, On, append(tc.pxe, reset(tc.system, tc.cycle))},
				{web, Order{Action: Cycle, Network: true}, On, append(tc.http, reset(tc.system, tc.cycle))},
				{b.target(), Order{Action: TurnOff}, Off, []string{reset(tc.system, "ForceOff")}},
				{b.target(), Order{Action: TurnOff}, Off, nil},
				{b.target(), Order{Action: Cycle}, On, []string{reset(tc.system, "On")}},
			} {
				got, err := desk.Do(t.Context(), step.target, step.order)
				if err != nil || got != step.state {
					t.Fatalf("%+v: %s, %v; want %s", step.order, got, err, step.state)
				}
				if diff := cmp.Diff(step.asked, b.changes()); diff != "" {
					t.Errorf("%+v (-want +got):\n%s", step.order, diff)
				}
				if n := b.open(); n != 0 {
					t.Errorf("%+v: %d sessions are left", step.order, n)
				}
			}
		})
	}
}

// TestETags: a tag that is refused although it is the newest is left out at last.
func TestETags(t *testing.T) {
	b := startBMC(t, "lenovo.json")
	b.instead = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPatch && r.Header.Get("If-Match") != "" {
			b.fail(w, http.StatusPreconditionFailed, "the ETag supplied did not match")
			return true
		}
		return false
	}
	if got, err := (&Desk{}).Do(t.Context(), b.target(), Order{Network: true, Action: Cycle}); err != nil || got != On {
		t.Fatal(got, err)
	}
}

// TestRedfishErrors: each names the machine, the BMC and what to do, and none the password.
func TestRedfishErrors(t *testing.T) {
	other := otherCA(t)
	for name, tc := range map[string]struct {
		change func(*bmc, *Target)
		order  Order
		want   string
	}{
		"password": {func(_ *bmc, t *Target) { t.Password = "wrong-password" }, Order{}, "wrong user or password: see power.redfish.user, and the secret that password names at hosts/h.yaml:3:9"},
		"rights": {func(b *bmc, _ *Target) {
			b.instead = func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, ".Reset") {
					b.fail(w, http.StatusForbidden, "no")
					return true
				}
				return false
			}
		}, Order{Action: TurnOff}, "the user may not do this"},
		"echo": {func(b *bmc, t *Target) {
			b.instead = func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, ".Reset") {
					b.fail(w, http.StatusConflict, "not now, says "+password)
					return true
				}
				return false
			}
		}, Order{Action: TurnOff}, "it answers 409 Conflict: not now, says ***"},
		"another CA": {func(_ *bmc, t *Target) { t.CA = other }, Order{}, "its certificate is"},
		"no PEM":     {func(_ *bmc, t *Target) { t.CA = []byte("x") }, Order{}, "there is no certificate in the file"},
		"system's":   {func(_ *bmc, t *Target) { t.CA = nil }, Order{}, "its certificate is of nobody that is trusted: name the certificate"},
		"no user":    {func(_ *bmc, t *Target) { t.Power.Redfish.User = "" }, Order{}, "power.redfish.user is not said"},
		"plain": {func(_ *bmc, t *Target) {
			t.Power.Redfish.URL = strings.Replace(t.Power.Redfish.URL, "https", "http", 1)
		},
			Order{}, "is not of https://"},
		"nobody": {func(b *bmc, _ *Target) { b.Close() }, Order{}, "connection refused: is the address right"},
		"no system": {func(b *bmc, _ *Target) { b.answers["/redfish/v1/Systems"] = []byte(`{"Members":[]}`) }, Order{},
			"the BMC has no systems"},
		"two systems": {func(b *bmc, _ *Target) {
			b.answers["/redfish/v1/Systems"] = []byte(`{"Members":[{"@odata.id":"/redfish/v1/Systems/A"},{"@odata.id":"/redfish/v1/Systems/B"}]}`)
		}, Order{}, "the BMC has 2 systems: name one in power.redfish.url: /redfish/v1/Systems/A, /redfish/v1/Systems/B"},
		"no HTTP Boot": {func(b *bmc, t *Target) {
			t.Way.HTTP = "http://x/y"
			b.answers["/redfish/v1/Systems/1"] = []byte(strings.ReplaceAll(string(b.answers["/redfish/v1/Systems/1"]), `"UefiHttp"`, `"Other"`))
		}, Order{Network: true, Action: Cycle}, "the firmware cannot boot from UefiHttp"},
	} {
		t.Run(name, func(t *testing.T) {
			b := startBMC(t, "lenovo.json")
			target := b.target()
			tc.change(b, target)
			_, err := (&Desk{}).Do(t.Context(), target, tc.order)
			if err == nil || !strings.HasPrefix(err.Error(), "node1: Redfish at "+target.Power.Redfish.URL+": ") || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), target.Password) {
				t.Errorf("%v; want %s", err, tc.want)
			}
		})
	}
}

// TestOneOfSeveralSystems: the URL names it, or the machine's UUID does.
func TestOneOfSeveralSystems(t *testing.T) {
	b := startBMC(t, "lenovo.json")
	b.answers["/redfish/v1/Systems"] = []byte(`{"Members":[{"@odata.id":"/redfish/v1/Systems/0"},{"@odata.id":"/redfish/v1/Systems/1"}]}`)
	byURL, byUUID := b.target(), b.target()
	byURL.Power.Redfish.URL += "/redfish/v1/Systems/1"
	byUUID.UUID, _ = boot.ParseUUID("4c4c4544-0032-4610-8053-b7c04f4d5031")
	for _, target := range []*Target{byURL, byUUID} {
		if s, err := (&Desk{}).Do(t.Context(), target, Order{}); err != nil || s != On {
			t.Errorf("%s, %v", s, err)
		}
	}
}

// TestHostileBMC: whatever it answers, it gets no password sent elsewhere, and nobody waits or fills memory for long.
func TestHostileBMC(t *testing.T) {
	var stolen atomic.Int32
	thief := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { stolen.Add(1) }))
	thief.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	thief.StartTLS()
	t.Cleanup(thief.Close)
	elsewhere := strings.TrimPrefix(thief.URL, "https://")
	root := `{"Links":{"Sessions":{"@odata.id":"%s"}},"Systems":{"@odata.id":"/redfish/v1/Systems"}}`
	for name, tc := range map[string]struct {
		at     string
		answer func(w http.ResponseWriter)
		want   string
	}{
		"redirect of the login": {"/redfish/v1/SessionService/Sessions", func(w http.ResponseWriter) {
			w.Header().Set("Location", thief.URL+"/login")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, "it sends us elsewhere"},
		"redirect with a token": {"/redfish/v1/Systems", func(w http.ResponseWriter) {
			w.Header().Set("Location", thief.URL+"/x")
			w.WriteHeader(http.StatusFound)
		}, "it sends us elsewhere"},
		"redirect to plain HTTP": {"/redfish/v1/Systems", func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://127.0.0.1/x")
			w.WriteHeader(http.StatusFound)
		}, "it sends us elsewhere"},
		"link to another host": {"/redfish/v1", func(w http.ResponseWriter) { fmt.Fprintf(w, root, "@"+elsewhere+"/login") }, "one of its links leads elsewhere"},
		"link to another name": {"/redfish/v1/Systems", func(w http.ResponseWriter) {
			fmt.Fprint(w, `{"Members":[{"@odata.id":".elsewhere.example/x"}]}`)
		}, "invalid"},
		"circle": {"/redfish/v1/Systems", func(w http.ResponseWriter) {
			w.Header().Set("Location", "/redfish/v1/Systems")
			w.WriteHeader(http.StatusFound)
		}, "circles"},
		"endless answer": {"/redfish/v1/Systems", func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(`{"x":"`))
			for range 200 {
				if _, err := w.Write([]byte(strings.Repeat("x", 1<<16))); err != nil {
					return
				}
			}
		}, "it answers with more than"},
		"deep answer":    {"/redfish/v1/Systems", func(w http.ResponseWriter) { fmt.Fprint(w, strings.Repeat("[", 1<<20)) }, "exceeded max depth"},
		"another type":   {"/redfish/v1/Systems/1", func(w http.ResponseWriter) { fmt.Fprint(w, `{"Boot": 7, "PowerState": []}`) }, "cannot unmarshal"},
		"nothing":        {"/redfish/v1/Systems/1", func(w http.ResponseWriter) {}, "EOF"},
		"null":           {"/redfish/v1/Systems", func(w http.ResponseWriter) { fmt.Fprint(w, `null`) }, "the BMC has no systems"},
		"page":           {"/redfish/v1", func(w http.ResponseWriter) { fmt.Fprint(w, "<html>log in</html>") }, "invalid character"},
		"error, no JSON": {"/redfish/v1/Systems", func(w http.ResponseWriter) { http.Error(w, strings.Repeat("\x1b[31m", 9999), 500) }, "500 Internal Server Error"},
	} {
		t.Run(name, func(t *testing.T) {
			b := startBMC(t, "lenovo.json")
			b.instead = func(w http.ResponseWriter, r *http.Request) bool {
				if strings.TrimRight(r.URL.Path, "/") != tc.at {
					return false
				}
				tc.answer(w)
				return true
			}
			began := time.Now()
			_, err := (&Desk{}).Do(t.Context(), b.target(), Order{})
			if err == nil || !strings.Contains(err.Error(), tc.want) || len(err.Error()) > 1000 || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("%q; want %s", err, tc.want)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
	if n := stolen.Load(); n != 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
}
