// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"net/netip"

	"github.com/bootlace-net/bootlace/internal/site"
)

// errNoSite is a server that was made without what a configuration refers to.
func errNoSite() *Problem {
	return problem(http.StatusNotImplemented, "this appliance does not tell that")
}

// plan is what a machine boots by the configuration, and why.
func (s *Server) plan(f *found) (site.Explanation, error) {
	if s.Site == nil {
		return site.Explanation{}, errNoSite()
	}
	said := f.inventory()
	reported := site.Reported{Firmware: site.FirmwareOf(said)}
	if said != nil {
		reported.Memory = said.Memory
	}
	x := s.Site().Explain(f.plan.Client, netip.Addr{}, reported)
	x.Machine = excerpt(x.Machine) // packets say what is in it
	return x, nil
}

// findings are what is wrong with the configuration, or doubtful.
func (s *Server) whatIsWrong() (site.Findings, error) {
	if s.Findings == nil {
		return site.Findings{}, errNoSite()
	}
	return s.Findings(), nil
}
