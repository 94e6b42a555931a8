// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/site"
)

// hostKeeper keeps the hosts that are made by the API, in a file of their own.
type hostKeeper struct {
	site   func() *site.Site
	reload func() error
	mu     *sync.Mutex // one writes hosts at a time
}

// Hosts follows api.HostKeeper.
func (k *hostKeeper) Hosts() (all []api.KeptHost, err error) {
	s := k.site()
	made, err := s.APIHosts()
	if err != nil {
		return nil, err
	}
	file := s.APIHostsFile()
	for _, h := range s.Hosts() {
		kept, ours := made[h.Name]
		if used := ours && file != "" && strings.HasPrefix(h.At, file+":"); used {
			all = append(all, keptHost(h.Name, h.At, true, kept))
			delete(made, h.Name)
			continue
		}
		all = append(all, api.KeptHost{Name: h.Name, Source: "yaml", At: h.At, Used: true})
	}
	for name, kept := range made {
		all = append(all, keptHost(name, "", false, kept))
	}
	slices.SortStableFunc(all, func(a, b api.KeptHost) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

func keptHost(name, at string, used bool, kept json.RawMessage) api.KeptHost {
	h := api.KeptHost{Name: name, Source: "api", At: at, Used: used, Kept: kept}
	_ = json.Unmarshal(kept, &h.Host) // it was written by us
	return h
}

// Change follows api.HostKeeper.
func (k *hostKeeper) Change(name string, change func(json.RawMessage) (json.RawMessage, error)) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.site()
	all, err := s.APIHosts()
	if err != nil {
		return false, err
	}
	old := all[name]
	next, err := change(old)
	if err != nil || bytes.Equal(old, next) {
		return false, err
	}
	must := name
	if all[name] = next; next == nil {
		must = ""
		delete(all, name)
	}
	if err := s.PutAPIHosts(all, must); err != nil {
		return false, asHostProblem(err, s)
	}
	if err := k.reload(); err != nil {
		return true, fmt.Errorf("it is written, but the configuration could not be read again: %w", err)
	}
	return true, nil
}

func asHostProblem(err error, s *site.Site) error {
	var no *site.RefusedError
	switch {
	case errors.As(err, &no):
		return adoptProblem(http.StatusConflict, "nothing was written: "+no.Error())
	case errors.Is(err, fs.ErrPermission):
		return adoptProblem(http.StatusConflict, fmt.Sprintf("nothing was written: %v: the user that serves must be able to write to %s", err, s.APIHostsFile()))
	}
	return err
}
