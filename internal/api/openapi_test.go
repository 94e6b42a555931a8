// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/internal/logins"
	"github.com/bootlace-net/bootlace/internal/site"
)

// preconditions are headers of a change.
var preconditions = []string{"If-Match", "If-None-Match"}

// operations are all that can be asked, by pattern.
var operations = map[string]operation{
	"GET /machines": {id: "listMachines", summary: "A page of the machines, by id", answer: Page{},
		query: []string{"state only those in this state", "profile only those that boot it", "q words that they have", "after the next of the page before", "limit:integer the size of a page, 1 to 1000"}},
	"GET /machines/{name}":                 {id: "getMachine", summary: "One machine, with why it boots what it does", answer: Machine{}},
	"GET /machines/{name}/timeline":        {id: "getTimeline", summary: "What happened to a machine", answer: Timeline{}},
	"GET /machines/{name}/plan":            {id: "getPlan", summary: "What it boots by the configuration, and why", answer: site.Explanation{}},
	"GET /machines/{name}/files":           {id: "listRenderedFiles", summary: "The files that are rendered for it", answer: RenderedFiles{}},
	"GET /machines/{name}/files/{path...}": {id: "getRenderedFile", summary: "One of them", media: "text/plain"},
	"GET /events":                          {id: "followEvents", summary: "What happens, as server-sent events", query: []string{"machine only those of one", "after:integer the number of the last event that was had"}, media: "text/event-stream"},
	"GET /profiles":                        {id: "listProfiles", summary: "The profiles, and who uses them", answer: Profiles{}},
	"GET /findings":                        {id: "listFindings", summary: "What is wrong with the configuration", answer: site.Findings{}},
	"GET /network":                         {id: "getNetwork", summary: "Who else answers DHCP, and relays", answer: Network{}},
	"GET /throughput":                      {id: "getThroughput", summary: "What machines were sent in the last day", answer: Throughput{}},
	"GET /metrics":                         {id: "getMetrics", summary: "Numbers for Prometheus", media: "text/plain"},
	"GET /images":                          {id: "listImages", summary: "The images that are here", answer: Images{}},
	"GET /openapi.json":                    {id: "getDocument", summary: "This document", answer: map[string]any{}},
	"GET /waiting":                         {id: "listWaiting", summary: "The machines that wait for a decision", answer: Waiters{}},
	"POST /waiting/{code}/adopt":           {id: "adopt", summary: "Makes a host of a machine that waits", body: Adoption{}, answer: Adopted{}},
	"POST /machines/{name}/power":          {id: "switchPower", summary: "Switches a machine", body: PowerOrder{}, answer: Power{}},
	"POST /machines/{name}/{verb}":         {id: "orderMachine", summary: "install, next, hold, release, done or forget", body: OrderBody{}, answer: Change{}},
	"GET /hosts":                           {id: "listHosts", summary: "All hosts, of the YAML and made by the API", answer: Hosts{}},
	"GET /hosts/{name}":                    {id: "getHost", summary: "One host, with its ETag", answer: KeptHost{}},
	"PUT /hosts/{name}":                    {id: "putHost", summary: "Makes or changes a host, with If-Match or If-None-Match", headers: preconditions, body: map[string]any{}, answer: HostChange{}},
	"DELETE /hosts/{name}":                 {id: "deleteHost", summary: "Deletes a host that the API made, with If-Match", headers: preconditions, answer: HostChange{}},
	"POST /release":                        {id: "releaseAll", summary: "What is stored is the newest there is", answer: Change{}},
	"GET /backup":                          {id: "getBackup", summary: "A copy of what is stored", media: "application/octet-stream"},
}

// TestOpenAPI: the document has every route, and says what the types say.
func TestOpenAPI(t *testing.T) {
	doc, missing := describe(newSite(t).Server, operations)
	routes := 0
	newSite(t).eachRoute(func(logins.Role, string, http.HandlerFunc) { routes++ })
	if len(missing) > 0 || routes != len(operations) {
		t.Fatalf("%d routes, %d operations; not described: %q", routes, len(operations), missing)
	}
	got, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile("openapi.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(document), string(got)); diff != "" {
		t.Errorf("openapi.json, which go generate ./internal/api writes:\n%s", diff)
	}
}

func TestOpenAPIIsServed(t *testing.T) {
	w := newSite(t).get("/openapi.json", logins.Read)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" || w.Body.String() != string(document) {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	w = httptest.NewRecorder()
	newSite(t).Handler(ByLogin(func() Door { return logins.NewDoor() })).ServeHTTP(w, httptest.NewRequest(http.MethodGet, Prefix+"/openapi.json", nil))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("without a login: %d", w.Code)
	}
}
