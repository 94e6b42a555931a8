// SPDX-License-Identifier: Apache-2.0

package api

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// Images are those that were pulled or imported.
type Images struct {
	Images []Image `json:"images"`
}

// Image is one of them.
type Image struct {
	Name        string    `json:"name"`
	Title       string    `json:"title,omitempty"`
	Arch        string    `json:"arch"`                   // instruction set, or any
	Size        int64     `json:"size"`                   // in bytes
	Trust       string    `json:"trust"`                  // why the least trusted of its files is
	LeastMemory int64     `json:"least_memory,omitempty"` // of a machine that boots it, in bytes
	Added       time.Time `json:"added"`
	UsedBy      []string  `json:"used_by,omitempty"` // profiles, and where they name it
	Rot         []Rot     `json:"rot,omitempty"`     // what is not what it was, and is not served

	Starts     []ImageFile         `json:"starts,omitempty"`      // what machines start of it
	SecureBoot *secureboot.Verdict `json:"secure_boot,omitempty"` // by what comes with it; nil: nothing of it is started by itself
}

// ImageFile is a file of an image that machines start.
type ImageFile struct {
	Path   string `json:"path"`
	Role   string `json:"role"`
	Size   int64  `json:"size"`   // in bytes
	Digest string `json:"digest"` // sha256:HEX
}

// Rot is a file of an image that is not what it was.
type Rot struct {
	Path  string    `json:"path"`
	Why   string    `json:"why"`
	Since time.Time `json:"since"` // when it was noticed
}

// images lists them by name, and what is bad by path.
func (s *Server) images(w http.ResponseWriter, r *http.Request) {
	all := Images{Images: []Image{}}
	if s.Images != nil {
		all.Images = append(all.Images, s.Images()...)
	}
	for i := range all.Images {
		slices.SortFunc(all.Images[i].Rot, func(a, b Rot) int { return cmp.Compare(a.Path, b.Path) })
	}
	answer(w, r, all, nil)
}
