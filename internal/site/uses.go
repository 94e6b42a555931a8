// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

// Uses lists the profiles that name an image, and where.
func (s *Site) Uses(image string) (uses []string) {
	for _, p := range s.Catalog.Profiles() {
		for _, pos := range namedIn(&p.Entry, p.Start, image) {
			if use := fmt.Sprintf("profile %s (%s)", p.Name, pos); !slices.Contains(uses, use) {
				uses = append(uses, use)
			}
		}
	}
	return uses
}

// FindingsOf parts mistakes from warnings.
func FindingsOf(problems []boot.Problem) Findings { return findingsOf(problems) }
