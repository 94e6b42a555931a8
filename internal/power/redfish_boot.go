// SPDX-License-Identifier: Apache-2.0

package power

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/stmcginnis/gofish/schemas"
)

// BootFromNetworkOnce follows Machine.
func (m *redfish) BootFromNetworkOnce(_ context.Context, w Way) error {
	s, v, err := m.system()
	if err != nil {
		return err
	}
	ask, err := override(s, v, w)
	if err != nil {
		return err
	}
	if w.HTTP != "" && v.uriAttribute != "" {
		if err := m.setAttributes(s, v, w.HTTP); err != nil {
			return err
		}
		if s, _, err = m.system(); err != nil { // it may have another ETag now
			return err
		}
	}
	return m.told(m.setBoot(s, &ask))
}

// setBoot says If-Match with the ETag where there is one: Lenovo, AMI and Huawei ask for it (428, 412). An ETag may have changed by
// what we did ourselves before, and some do not take back the one they gave: the last try goes without.
func (m *redfish) setBoot(s *schemas.ComputerSystem, ask *schemas.Boot) error {
	err := s.SetBoot(ask)
	for try := 0; try < 2 && schemas.Is412PreconditionFailed(err); try++ {
		if s, _, err = m.system(); err != nil {
			return err
		}
		s.DisableEtagMatch(try > 0)
		err = s.SetBoot(ask)
	}
	return err
}

// override says what is asked of a system, or why that makes no sense.
func override(s *schemas.ComputerSystem, v vendor, w Way) (schemas.Boot, error) {
	ask := schemas.Boot{BootSourceOverrideEnabled: schemas.OnceBootSourceOverrideEnabled, BootSourceOverrideTarget: schemas.PxeBootSource}
	if v.sayMode {
		ask.BootSourceOverrideMode = s.Boot.BootSourceOverrideMode
	}
	if w.HTTP != "" {
		ask.BootSourceOverrideTarget = schemas.UefiHTTPBootSource
		if ask.BootSourceOverrideMode != "" {
			ask.BootSourceOverrideMode = schemas.UEFIBootSourceOverrideMode
		}
		if v.uriAttribute == "" {
			ask.HTTPBootURI = w.HTTP
		}
	}
	if can := s.Boot.AllowableBootSourceOverrideTargetValues; len(can) > 0 && !slices.Contains(can, ask.BootSourceOverrideTarget) {
		fix := "enable network boot in the firmware"
		if w.HTTP != "" {
			fix = "enable HTTP Boot in the firmware, or leave out power.redfish.http_boot for PXE"
		}
		return ask, &Error{Fault: Refused, What: fmt.Sprintf("the firmware cannot boot from %s: it knows %v", ask.BootSourceOverrideTarget, can), Fix: fix}
	}
	return ask, nil
}

// setAttributes puts the URL where a maker has it.
func (m *redfish) setAttributes(s *schemas.ComputerSystem, v vendor, uri string) error {
	u, err := url.Parse(uri)
	if err != nil {
		return err
	}
	bios, err := s.Bios()
	if err != nil {
		return m.trouble(err)
	}
	if bios == nil {
		return &Error{Fault: Refused, What: "the BMC shows no BIOS settings, where " + v.name + " has the URL", Fix: "leave out power.redfish.http_boot for PXE"}
	}
	attributes := schemas.SettingsAttributes{v.uriAttribute: uri}
	maps.Copy(attributes, v.attributes[u.Scheme])
	return m.told(bios.UpdateBiosAttributesApplyAt(attributes, v.applyTime))
}
