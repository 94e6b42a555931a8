// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

// TestPower: what is asked reaches who switches, and the timeline has who asked and what came of it.
func TestPower(t *testing.T) {
	s := newSite(t)
	var fail error
	var got []PowerOrder
	s.Switch = func(_ context.Context, p boot.Plan, name string, o PowerOrder) (string, string, error) {
		if name != "node1" || p.Host == nil || p.Host.Name != "node1" {
			t.Errorf("%s, %+v", name, p.Host)
		}
		got = append(got, o)
		return "IPMI at bmc1", "on", fail
	}
	c, _, _ := s.serve(t)
	orders := []PowerOrder{{Action: PowerStatus}, {Action: PowerOn}, {Action: PowerCycle, Network: true}, {Action: PowerOff}}
	for i, o := range orders {
		if i == 3 {
			fail = &Problem{Status: http.StatusBadGateway, Title: "Bad Gateway", Detail: "node1: IPMI at bmc1: no"}
		}
		p, err := c.Power(t.Context(), "node1", o)
		if want := (Power{ID: "host/node1", Name: "node1", By: "IPMI at bmc1", State: "on"}); i < 3 && (err != nil || p != want) {
			t.Errorf("%+v: %+v, %v", o, p, err)
		}
		if i == 3 && (status(err) != http.StatusBadGateway || err.Error() != "node1: IPMI at bmc1: no") {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if diff := cmp.Diff(orders, got); diff != "" {
		t.Error(diff)
	}
	want := []string{"power on: it is on", "power cycle, next boot from the network: it is on", "power off: node1: IPMI at bmc1: no"}
	if diff := cmp.Diff(want, s.words()); diff != "" {
		t.Error(diff)
	}
	for _, e := range s.told {
		if e.Kind != boot.EventNotice || e.Host != "node1" || !cmp.Equal(e.Detail, "bootlace machines power "+map[string]string{want[0]: "on", want[1]: "cycle", want[2]: "off"}[e.Text]+", by "+me()+", IPMI at bmc1") {
			t.Errorf("%+v", e)
		}
	}
}

func TestPowerRefused(t *testing.T) {
	s := newSite(t)
	c, _, _ := s.serve(t)
	for _, tc := range []struct {
		name  string
		order PowerOrder
		want  int
	}{
		{"node1", PowerOrder{Action: PowerOn}, http.StatusNotImplemented},
		{"node1", PowerOrder{Action: "offf"}, http.StatusBadRequest},
		{"node1", PowerOrder{}, http.StatusBadRequest},
		{"node1", PowerOrder{Action: PowerOff, Network: true}, http.StatusBadRequest},
		{"nodeX", PowerOrder{Action: PowerOn}, http.StatusNotFound},
	} {
		if _, err := c.Power(t.Context(), tc.name, tc.order); status(err) != tc.want {
			t.Errorf("%+v: %v; want %d", tc, err, tc.want)
		}
	}
	if len(s.words()) != 0 {
		t.Errorf("told: %q", s.words())
	}
}
