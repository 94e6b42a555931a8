// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/http"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/machines/boltstore"
)

// believe tells the lives how far a database is to be believed.
func (s *state) believe(db *boltstore.DB) error {
	if _, doubted := db.Doubt(); db.Made() && s.hold && !doubted {
		if err := db.Raise("there was no database, and server.new_database is hold"); err != nil {
			return err
		}
	}
	doubt, _ := db.Doubt()
	s.lives.Doubt(doubt.Name)
	return nil
}

// tellOfDatabase says loudly what it means for machines that there was no database, or that it is not the newest there was. It may have
// been lost: a container without a volume, another server.state.
func (d *daemon) tellOfDatabase(installs []string) {
	if len(installs) == 0 {
		return
	}
	hosts := d.hostsToInstall()
	doubt, doubted := d.state.db.Doubt()
	switch {
	case doubted:
		d.recorder.Say(boot.LevelError, "machines that may be installed already get their disks: say release --all, or of each release, done or install (bootlace machines)",
			"why", doubt.Why, "since", doubt.At, "hosts", hosts, "profiles", installs, "file", d.state.path)
	case d.state.db.Made():
		d.recorder.Say(boot.LevelWarn, "nothing is known of machines yet: those of these profiles install at their next boot, also those that are installed already. If the database was lost, stop now; server.new_database: hold has them wait",
			"hosts", hosts, "profiles", installs, "file", d.state.path)
	}
}

// hostsToInstall counts the hosts whose profile installs.
func (d *daemon) hostsToInstall() (n int) {
	cat := d.site.Catalog
	for _, h := range cat.Hosts() {
		if cat.Plan(cat.Example(&h.Match)).Install != nil {
			n++
		}
	}
	return n
}

// settle ends the doubt about the database, and says whether there was one.
func (s *state) settle(by string) (bool, error) {
	db := s.opened()
	if db == nil {
		return false, &api.Problem{Status: http.StatusServiceUnavailable, Title: "Service Unavailable", Detail: "there is no database: the log says why"}
	}
	doubt, doubted := db.Doubt()
	if !doubted {
		return false, nil
	}
	if err := db.Settle(); err != nil {
		return false, err
	}
	s.lives.Doubt("")
	s.say(boot.LevelWarn, "what is stored of machines is the newest there is: those that are to be installed install at their next boot", "by", by, "doubt", doubt.Why)
	return true, nil
}
