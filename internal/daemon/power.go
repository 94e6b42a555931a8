// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"net/http"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	bmc "github.com/bootlace-net/bootlace/internal/power"
	"github.com/bootlace-net/bootlace/internal/site"
)

// switchboard switches machines as the configuration in use says.
type switchboard struct {
	site func() *site.Site
	desk bmc.Desk
}

// do follows api.Switch.
func (b *switchboard) do(ctx context.Context, p boot.Plan, name string, o api.PowerOrder) (by, state string, err error) {
	t, err := target(b.site(), p, name)
	if err != nil {
		return "", "", asPowerProblem(err)
	}
	order := bmc.Order{Action: bmc.Action(o.Action), Network: o.Network}
	if o.Action == api.PowerStatus {
		order.Action = ""
	}
	s, err := b.desk.Do(ctx, t, order)
	return t.String(), string(s), asPowerProblem(err)
}

// target collects what is needed to switch a machine.
func target(s *site.Site, p boot.Plan, name string) (*bmc.Target, error) {
	way := p.Power()
	if way == nil {
		return nil, &bmc.Error{Fault: bmc.Misconfigured, Machine: name, What: "nothing says how it is switched", Fix: "say power: for its host or a group, see docs/configuration.md"}
	}
	t := &bmc.Target{Name: name, Power: *way, UUID: p.Client.UUID}
	var err error
	if t.Password, t.CA, err = s.PowerCredentials(way); err != nil {
		return nil, &bmc.Error{Fault: bmc.Misconfigured, Machine: name, BMC: t.String(), What: err.Error()}
	}
	t.Way.BIOS = len(p.Client.Archs) > 0 && p.Client.Arch().Firmware() == boot.FirmwareBIOS
	if way.Redfish != nil {
		t.Way.HTTP = way.Redfish.HTTPBoot
	}
	return t, nil
}

// asPowerProblem chooses the status of an error.
func asPowerProblem(err error) error {
	var e *bmc.Error
	if !errors.As(err, &e) {
		return err
	}
	status := map[bmc.Fault]int{
		bmc.Failed: http.StatusBadGateway, bmc.Misconfigured: http.StatusConflict, bmc.Refused: http.StatusConflict,
		bmc.Busy: http.StatusConflict, bmc.Unreachable: http.StatusGatewayTimeout,
	}[e.Fault]
	return &api.Problem{Status: status, Title: http.StatusText(status), Detail: e.Error()}
}
