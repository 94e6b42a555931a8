// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/pull"
	"github.com/bootlace-net/bootlace/internal/pull/mirror"
)

// TestExpired: a Release that is signed rightly and whose time is over is refused, unless who pulls says that it is all the same.
func TestExpired(t *testing.T) {
	m, c := debian(t)
	_, text, _ := strings.Cut(m.Get(mirror.Dist+"InRelease"), "\n\n")
	text, _, _ = strings.Cut(text, "-----BEGIN PGP SIGNATURE")
	says := func(until string) {
		m.Put(mirror.Dist+"InRelease", inline(t, m.Signer, "Valid-Until: "+until+"\n"+text))
	}
	noon := time.Date(2026, 11, 7, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		until   string
		allowed bool
		want    error
		words   string
	}{
		{"Sat, 07 Nov 2026 12:00:01 UTC", false, nil, ""},
		{"Sat, 07 Nov 2026 11:59:59 UTC", false, pull.ErrExpired, "until 2026-11-07 11:59:59, and now is 2026-11-07 12:00:00"},
		{"Sat, 07 Nov 2026 11:59:59 UTC", true, nil, "taken all the same"},
		{"soon", false, nil, "no date"},
	} {
		says(tt.until)
		p := puller(t)
		var notes []string
		p.Now, p.Note = func() time.Time { return noon }, func(text string) { notes = append(notes, text) }
		_, err := p.Pull(t.Context(), pull.Request{Recipe: recipe(t, c, "debian/12"), Expired: tt.allowed})
		all := strings.Join(notes, "\n")
		if err != nil {
			all += err.Error()
		}
		if tt.want != nil && (!errors.Is(err, tt.want) || !strings.Contains(all, "--allow-expired")) || !strings.Contains(all, tt.words) || (err == nil) != (tt.want == nil && tt.words != "no date") {
			t.Errorf("%+v: %v\n%s", tt, err, all)
		}
		if list, _ := p.Vault.List(); (len(list) > 0) != (err == nil) {
			t.Errorf("%+v: %d images", tt, len(list))
		}
	}
}
