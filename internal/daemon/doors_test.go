// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"errors"
	"io"
	"io/fs"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/netif"
)

// plansOf knows one host for each MAC.
type plansOf map[boot.MAC]string

func (p plansOf) Plan(c boot.Client) boot.Plan {
	if name, ok := p[c.MAC]; ok {
		return boot.Plan{Action: boot.ActionBoot, Client: c, Host: &boot.Host{Name: name}}
	}
	return boot.Plan{Action: boot.ActionIgnore, Client: c}
}

// echoMenus renders every script as the host's name.
type echoMenus struct{}

func (echoMenus) Open(v boot.Visit, p boot.Plan) (boot.File, error) {
	switch {
	case v.Name.Base == "broken.cfg":
		return nil, errors.New("template: no such variable")
	case v.Name.Kind == boot.KindFile || p.Host == nil:
		return nil, fs.ErrNotExist
	}
	return boot.NewMemFile([]byte(p.Host.Name+" by "+v.Server.URL(v.Name.String())), time.Time{}), nil
}

type dirStore map[string]string

func (d dirStore) Open(name string) (boot.File, error) {
	if s, ok := d[name]; ok {
		return boot.NewMemFile([]byte(s), time.Time{}), nil
	}
	return nil, fs.ErrNotExist
}

// fakeSite renders what echoMenus does, and has the files of a store.
type fakeSite struct {
	plansOf
	echoMenus
	files dirStore
}

func (fakeSite) Name(_ boot.Protocol, asked string) (boot.Name, error) {
	name, err := boot.ParseName(asked)
	if err != nil {
		err = errors.Join(fs.ErrInvalid, err)
	}
	return name, err
}

func (s fakeSite) File(v boot.Visit, p boot.Plan) (boot.File, error) {
	f, err := s.Open(v, p)
	if errors.Is(err, fs.ErrNotExist) {
		return s.files.Open(v.Name.Path())
	}
	return f, err
}

// There are no lives here.
func (fakeSite) Role(boot.Visit, boot.Plan) boot.Role         { return boot.RoleOther }
func (fakeSite) Memory(boot.Visit, boot.Plan) boot.MemoryNeed { return boot.MemoryNeed{} }
func (fakeSite) Installs(boot.Visit, boot.Plan) bool          { return false }
func (fakeSite) Local(p boot.Plan) boot.Plan                  { return p }
func (fakeSite) Instead(p boot.Plan, _, _ string) boot.Plan   { return p }

func testDoor(files dirStore) *door {
	d := testDecider(fakeSite{plansOf: plansOf{mac(1): "one", mac(2): "two"}, files: files})
	see(d, boot.Client{MAC: mac(2), Addr: addr("10.0.0.2")})
	return &door{
		decider: d, admission: &admission{host: &netif.Host{}},
		server: boot.Endpoint{Scheme: boot.HTTP, Port: 8080},
		public: func(local, _ netip.Addr) netip.Addr { return local },
	}
}

func TestDoor(t *testing.T) {
	d := testDoor(dirStore{"linux": "kernel", "pxelinux.cfg/readme": "static", "grub/x.mod": "module"})
	for _, tc := range []struct {
		what, name, from string
		body             string
		err              error
	}{
		{"rendered by name", "m/52-54-00-00-00-01/boot.ipxe", "10.9.9.9", "one by http://10.0.0.254:8080/m/52-54-00-00-00-01/boot.ipxe", nil},
		{"rendered by address", "/grub/grub.cfg", "10.0.0.2", "two by http://10.0.0.254:8080/grub/grub.cfg", nil},
		{"the address decides when the name tells of an unknown NIC", "m/52-54-00-00-00-77/boot.ipxe", "10.0.0.2", "two by http://10.0.0.254:8080/m/52-54-00-00-00-02/boot.ipxe", nil},
		{"a known name beats the address", "m/52-54-00-00-00-01/boot.ipxe", "10.0.0.2", "one by http://10.0.0.254:8080/m/52-54-00-00-00-01/boot.ipxe", nil},
		{"the prefix falls through to the store", "m/52-54-00-00-00-01/linux", "10.9.9.9", "kernel", nil},
		{"files for anyone", "linux", "10.9.9.9", "kernel", nil},
		{"windows spelling", `\\linux`, "10.9.9.9", "kernel", nil},
		{"unknown machines get nothing rendered", "boot.ipxe", "10.9.9.9", "", fs.ErrNotExist},
		{"what is not rendered may lie in the store", "pxelinux.cfg/readme", "10.9.9.9", "static", nil},
		{"missing", "nothing", "10.9.9.9", "", fs.ErrNotExist},
		{"outside", "../etc/passwd", "10.9.9.9", "", fs.ErrInvalid},
		{"NUL", "li\x00nux", "10.9.9.9", "", fs.ErrInvalid},
		{"too long", strings.Repeat("a/", 300), "10.9.9.9", "", fs.ErrInvalid},
	} {
		t.Run(tc.what, func(t *testing.T) {
			f, _, err := d.open(t.Context(), question{boot.TFTP, tc.name, addr("10.0.0.254"), addr(tc.from)})
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if err != nil {
				return
			}
			got, _ := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
			if string(got) != tc.body {
				t.Errorf("got %q, want %q", got, tc.body)
			}
		})
	}
}

func TestDoorKeepsRenderErrors(t *testing.T) {
	_, a, err := testDoor(dirStore{"broken.cfg": "not this"}).open(t.Context(), question{boot.HTTP, "m/52-54-00-00-00-01/broken.cfg", addr("10.0.0.254"), addr("10.0.0.1")})
	if err == nil || errors.Is(err, fs.ErrNotExist) || a.plan.Host == nil {
		t.Errorf("a template that fails: %v (host %v), want its error and the machine, never a file of the same name", err, a.plan.Host)
	}
}
