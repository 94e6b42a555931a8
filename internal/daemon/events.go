// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/recorder"
	"github.com/bootlace-net/bootlace/tftpd"
)

// tftpEvent adds to an event of the TFTP engine which machine it is about. Who asked was found out when the file was opened;
// only of requests that the engine refuses by itself nobody knows yet.
func (d *daemon) tftpEvent(event tftpd.Event) {
	e := recorder.FromTFTP(event)
	switch x := event.(type) {
	case tftpd.Finished:
		d.about(&e, &x.Request)
	case tftpd.TooManyBlocks:
		d.about(&e, &x.Request)
	}
	d.recorder.Record(e)
}

func (d *daemon) about(e *boot.Event, r *tftpd.Request) {
	a, ok := r.Label.(asker)
	if !ok {
		a = d.decider.asker(d.decider.current(), r.Name, r.Remote.Addr())
	}
	e.About(a.plan)
	e.Transfer.By = a.by
}
