// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// power is how machines are switched: one of its keys.
type power struct{ powerWays }

type powerWays struct {
	Redfish *redfish `yaml:"redfish" doc:"By a BMC that speaks Redfish, with redfish.url, user and password."`
	IPMI    *ipmi    `yaml:"ipmi" doc:"By a BMC that speaks IPMI 2.0 over a network, with ipmi.address, user and password."`
	WoL     *wol     `yaml:"wol" doc:"By Wake-on-LAN, which can only switch on."`
}

type redfish struct {
	placed
	URL      bmcURL     `yaml:"url" doc:"The BMC: https://bmc1.example; or, where it has several systems, one of them: https://bmc1.example/redfish/v1/Systems/2."`
	User     string     `yaml:"user" doc:"A user of the BMC who may switch and configure."`
	Password secretName `yaml:"password" doc:"The name of the file in server.secrets that holds the password, never the password itself."`
	CA       string     `yaml:"ca" doc:"File with the certificates (PEM) to trust. Relative ones are those of the configuration. None: what the system trusts."`
	Insecure bool       `yaml:"insecure" doc:"Trust any certificate: whoever is in between has the password. Needed for http://, too."`
	HTTPBoot fileURL    `yaml:"http_boot" doc:"What bootlace machines next --power-cycle has the firmware boot by UEFI HTTP Boot, such as http://10.0.0.2:8080/ipxe.efi. None: PXE."`
}

type ipmi struct {
	placed
	Address  bmcAddress `yaml:"address" doc:"The BMC: a name or an address, with a port if it is not 623."`
	User     string     `yaml:"user" doc:"A user of the BMC who is an operator."`
	Password secretName `yaml:"password" doc:"The name of the file in server.secrets that holds the password, never the password itself."`
}

type wol struct {
	placed
	MAC       oneMAC     `yaml:"mac" doc:"The network card to wake. None: the one that the machine was heard by."`
	Broadcast netip.Addr `yaml:"broadcast" doc:"Where to send to: the broadcast address of the machine's network."`
	Interface string     `yaml:"interface" doc:"Our network interface whose network is sent to. Neither: all of them."`
}

func (p *power) decode(d *decoder, n *node, path string) {
	before := len(d.problems)
	d.plain(n, &p.powerWays, path)
	if n.Kind != mappingNode || broken(d.problems[before:]) {
		return
	}
	ways := 0
	for _, said := range []bool{p.Redfish != nil, p.IPMI != nil, p.WoL != nil} {
		if said {
			ways++
		}
	}
	if ways != 1 {
		d.fail(n, fmt.Sprintf("%s: %d ways to switch a machine", path, ways), "expected one of redfish, ipmi and wol")
	}
	if p.Redfish != nil {
		p.Redfish.check(d, path+".redfish")
	}
	if p.WoL != nil {
		p.WoL.check(d, path+".wol")
	}
}

func (*power) describe() string { return "a mapping with one of redfish, ipmi, wol" }

func (r *redfish) check(d *decoder, path string) {
	if r.Insecure && r.CA != "" {
		d.report(boot.Problem{Pos: r.pos, What: path + ": both ca and insecure", Expected: "expected one of them"})
	}
	if strings.HasPrefix(string(r.URL), "http:") && !r.Insecure {
		d.report(boot.Problem{Pos: r.pos, What: path + ".url: over http:// everybody in between reads the password", Expected: "expected https://, or insecure: true beside it"})
	}
}

func (w *wol) check(d *decoder, path string) {
	switch {
	case w.Broadcast.IsValid() && w.Interface != "":
		d.report(boot.Problem{Pos: w.pos, What: path + ": both broadcast and interface", Expected: "expected one of them"})
	case w.Broadcast.IsValid() && !w.Broadcast.Is4():
		d.report(boot.Problem{Pos: w.pos, What: path + ".broadcast: " + w.Broadcast.String(), Expected: "expected an IPv4 address: IPv6 has no broadcast"})
	}
}

// typed gives what is said; nil for nothing.
func (p *power) typed() *boot.Power {
	switch {
	case p.Redfish != nil:
		r := p.Redfish
		return &boot.Power{Redfish: &boot.Redfish{URL: string(r.URL), User: r.User, Password: boot.Text(r.Password), CA: r.CA,
			Insecure: r.Insecure, HTTPBoot: string(r.HTTPBoot), Pos: r.pos}}
	case p.IPMI != nil:
		i := p.IPMI
		return &boot.Power{IPMI: &boot.IPMI{Address: string(i.Address), User: i.User, Password: boot.Text(i.Password), Pos: i.pos}}
	case p.WoL != nil:
		w := p.WoL
		return &boot.Power{WoL: &boot.WoL{MAC: boot.MAC(w.MAC), Broadcast: w.Broadcast, Interface: w.Interface, Pos: w.pos}}
	}
	return nil
}

// bmcURL is where a Redfish service is. What it must not hold is not repeated: it may be a password.
type bmcURL string

func (u *bmcURL) decode(d *decoder, n *node, path string) {
	const expected = "expected https://HOST, https://HOST:PORT, or one of these followed by /redfish/v1/Systems/ID"
	parsed, err := url.Parse(n.Value)
	path = shown(path)
	switch {
	case n.Kind != scalarNode:
		d.fail(n, path, expected+", got "+kindOf(n))
	case err == nil && parsed.User != nil:
		d.fail(n, path+": there is a user or a password in it", "expected them under user and password, which names a secret")
	case err != nil:
		d.fail(n, path+": that is no URL", expected)
	case parsed.Hostname() == "" || parsed.Scheme != "https" && parsed.Scheme != "http" || parsed.RawQuery != "" || parsed.Fragment != "" || !isSystem(parsed.Path):
		d.fail(n, path+": "+strconv.Quote(clip(n.Value)), expected)
	default:
		*u = bmcURL(strings.TrimRight(n.Value, "/"))
	}
}

func isSystem(path string) bool {
	ok, _ := regexp.MatchString(`^(/redfish/v1(/Systems/[A-Za-z0-9._:-]+)?)?/?$`, path)
	return ok
}

func (*bmcURL) describe() string { return "a URL" }

// fileURL is what firmware boots by HTTP.
type fileURL string

func (u *fileURL) parse(s string) error {
	parsed, err := url.Parse(s)
	if err != nil || parsed.Hostname() == "" || parsed.Scheme != "https" && parsed.Scheme != "http" || parsed.User != nil {
		return errors.New("expected a URL such as http://10.0.0.2:8080/ipxe.efi")
	}
	*u = fileURL(s)
	return nil
}

func (*fileURL) describe() string { return "a URL" }

// bmcAddress is a host with or without a port.
type bmcAddress string

func (a *bmcAddress) parse(s string) error {
	u, err := url.Parse("//" + s)
	if _, ip := netip.ParseAddr(s); ip == nil {
		*a = bmcAddress(s)
		return nil
	}
	if err != nil || u.Host != s || u.Hostname() == "" || strings.ContainsAny(s, " /@%") || u.Port() == "0" {
		return errors.New("expected a name or an address such as bmc1.example, 10.0.0.9, 10.0.0.9:623 or [fd00::9]:623")
	}
	if port := u.Port(); port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return errors.New("expected a port from 1 to 65535")
		}
	}
	*a = bmcAddress(s)
	return nil
}

func (*bmcAddress) describe() string { return "a name or an address" }

// secretName is a file of the secrets' directory. One that is none may be the secret itself, so it is not repeated.
type secretName boot.Text

func (s *secretName) decode(d *decoder, n *node, path string) {
	switch {
	case n.Kind != scalarNode:
		d.fail(n, shown(path), "expected the name of a secret, got "+kindOf(n))
	case !fs.ValidPath(n.Value) || n.Value == "." || len(n.Value) > maxNameLength:
		d.fail(n, shown(path)+": that is no name of a secret", "expected the name of a file in server.secrets")
	default:
		*s = secretName{S: n.Value, Pos: d.pos(n)}
	}
}

func (*secretName) describe() string { return "the name of a secret" }

// oneMAC is a whole MAC address.
type oneMAC boot.MAC

func (m *oneMAC) parse(s string) error {
	mac, err := boot.ParseMAC(s)
	if err != nil {
		return errors.New("expected a MAC address such as 52:54:00:12:34:56")
	}
	*m = oneMAC(mac)
	return nil
}

func (*oneMAC) describe() string { return "a MAC address" }
