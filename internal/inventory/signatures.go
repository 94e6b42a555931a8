// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/pe"
)

// authorities names the certificates in a firmware's signature database, at most so many. Those before a broken list count.
func authorities(db []byte, most int) (names []string) {
	d, _ := pe.ParseDatabase(db)
	for _, c := range d.Certificates {
		names = append(names, boot.Excerpt(pe.Name(c), mostOfAText))
	}
	for range d.Unreadable {
		names = append(names, boot.UnreadableCA)
	}
	return names[:min(len(names), most)]
}
