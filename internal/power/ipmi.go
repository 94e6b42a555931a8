// SPDX-License-Identifier: Apache-2.0

package power

import (
	"cmp"
	"context"
	"net"
	"strings"
	"time"

	"github.com/bougou/go-ipmi/pkg/client"
	"github.com/bougou/go-ipmi/pkg/command/chassis"
	"github.com/bougou/go-ipmi/pkg/types"

	"github.com/bootlace-net/bootlace/boot"
)

// ipmi is a BMC that speaks IPMI 2.0.
type ipmi struct {
	client *client.Client
	dialer *ipmiDialer
	open   bool // there is a session to be closed
}

const (
	ipmiPort    = "623"
	ipmiTimeout = time.Second // of one try
	ipmiRetries = 4
)

func openIPMI(ctx context.Context, t *Target, i *boot.IPMI) (Machine, error) {
	if err := cmp.Or(missing(i.Pos, "ipmi.address", i.Address), missing(i.Pos, "ipmi.password", i.Password.S)); err != nil {
		return nil, err
	}
	c, err := client.NewClient(i.Address, 0, i.User, t.Password)
	if err != nil {
		return nil, &Error{Fault: Misconfigured, What: err.Error()}
	}
	m := &ipmi{client: c, dialer: &ipmiDialer{ctx: ctx, to: ipmiAddress(i.Address)}}
	// Only suites that prove and encrypt: who answers in a BMC's place must not be able to choose none (IPMI 2.0, table 22-20).
	c.WithUDPProxy(m.dialer).WithTimeout(ipmiTimeout).WithRetry(ipmiRetries).WithCipherSuiteID(types.CipherSuiteID17, types.CipherSuiteID3)
	c.WithMaxPrivilegeLevel(types.PrivilegeLevelOperator) // which is enough, and many accounts are no more
	if err := c.Connect(ctx); err != nil {
		m.Close()
		return nil, ipmiTrouble(err, i)
	}
	m.open = true
	return m, nil
}

// ipmiAddress adds the port.
func ipmiAddress(s string) string {
	if _, _, err := net.SplitHostPort(s); err == nil {
		return s
	}
	return net.JoinHostPort(strings.Trim(s, "[]"), ipmiPort)
}

// ipmiTrouble sorts the errors of connecting. The library makes text of them.
func ipmiTrouble(err error, i *boot.IPMI) error {
	words := err.Error()
	_, status, refused := strings.Cut(words, "RMCP+ status ")
	switch {
	case strings.Contains(words, client.ErrRAKPAuthentication.Error()):
		return &Error{What: "wrong user or password", Fix: "see power.ipmi.user, and the secret that password names at " + i.Password.Pos.String()}
	case refused:
		return &Error{What: "it lets nobody in so: " + firstLine(status), Fix: "is power.ipmi.user one of its users, an operator, and IPMI over LAN with cipher suite 17 or 3 enabled?"}
	case strings.Contains(words, "connection refused"):
		return &Error{Fault: Unreachable, What: "connection refused", Fix: "is the address right, and IPMI over LAN enabled in the BMC?"}
	}
	if e := explain(err); e.Fault == Unreachable {
		return e
	}
	return &Error{Fault: Unreachable, What: "no answer in time", Fix: "is the BMC up, and IPMI over LAN enabled in it?"}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// Status follows Machine.
func (m *ipmi) Status(ctx context.Context) (State, error) {
	s, err := m.client.GetChassisStatus(ctx)
	switch {
	case err != nil:
		return Unknown, err
	case s.PowerIsOn:
		return On, nil
	}
	return Off, nil
}

// Set follows Machine.
func (m *ipmi) Set(ctx context.Context, a Action) error {
	switch a {
	case TurnOn:
		return m.control(ctx, chassis.ChassisControlPowerUp)
	case TurnOff:
		return m.control(ctx, chassis.ChassisControlPowerDown)
	default:
		return m.cycle(ctx)
	}
}

func (m *ipmi) cycle(ctx context.Context) error {
	s, err := m.Status(ctx)
	switch {
	case err != nil:
		return err
	case s == Off: // has no cycle (28.3)
		return m.control(ctx, chassis.ChassisControlPowerUp)
	}
	err = m.control(ctx, chassis.ChassisControlPowerCycle)
	if _, ok := types.IsResponseError(err); ok { // it is optional
		return offAndOn(ctx, m)
	}
	return err
}

func (m *ipmi) control(ctx context.Context, c chassis.ChassisControl) error {
	_, err := m.client.ChassisControl(ctx, c)
	return err
}

// BootFromNetworkOnce follows Machine. The kind of firmware is always said: some take what is not said for BIOS, and a UEFI that is
// told so boots its compatibility module, or nothing.
func (m *ipmi) BootFromNetworkOnce(ctx context.Context, w Way) error {
	err := m.client.SetBootDevice(ctx, types.BootDeviceSelectorForcePXE, types.BIOSBootType(!w.BIOS), false)
	if cc, ok := types.IsResponseError(err); ok {
		return &Error{What: "it does not take the order to boot from the network: " + cc.Error(), Fix: "set the order in the firmware"}
	}
	return err
}

// Close follows Machine.
func (m *ipmi) Close() {
	if m.open {
		ctx, cancel := context.WithTimeout(context.Background(), ipmiTimeout)
		defer cancel()
		_ = m.client.Close(ctx) // the BMC ends it by itself, too
	}
	m.dialer.close()
}
