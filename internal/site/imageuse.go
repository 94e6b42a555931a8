// SPDX-License-Identifier: Apache-2.0

package site

import (
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/vault"
)

// ImageUse is an image that a profile boots, and where it came from.
type ImageUse struct {
	Name    string      `json:"name"`
	Trouble string      `json:"trouble,omitempty"` // why it cannot be booted
	Trust   vault.Trust `json:"trust,omitempty"`   // of the least trusted of its files
	Key     string      `json:"key,omitempty"`     // who has signed
	From    []string    `json:"from,omitempty"`
}

// String gives it in a line.
func (u *ImageUse) String() string {
	if u.Trouble != "" {
		return u.Name + " " + u.Trouble
	}
	why := map[vault.Trust]string{vault.TrustFirstUse: "TRUSTED ON FIRST USE", vault.TrustDigest: "with the SHA-256 that was given"}[u.Trust]
	if why == "" {
		why = "signed by " + u.Key
	}
	return u.Name + ", from " + strings.Join(u.From, " and ") + ", " + why
}

// imageOf says which image a machine boots; nil if it is none.
func (s *Site) imageOf(p boot.Plan) *ImageUse {
	if p.Profile == nil {
		return nil
	}
	name := p.Profile.For(p.Client.Arch()).Image.S
	if name == "" {
		return nil
	}
	u := &ImageUse{Name: name, Trouble: imageFinder(s.Images.Vault(), imagesDir(&s.Settings.Server))(name).Trouble}
	m := s.Images.Vault().Image(name)
	if m == nil {
		return u
	}
	u.Trust = m.Weakest()
	for _, o := range m.Origins {
		if u.Key == "" {
			u.Key = o.Key
		}
		u.From = append(u.From, o.URL)
	}
	return u
}
