// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMemFile(t *testing.T) {
	mod := time.Unix(1, 0)
	a, b, c := NewMemFile([]byte("abc"), mod), NewMemFile([]byte("abc"), time.Time{}), NewMemFile([]byte("abd"), mod)
	if a.Version() != b.Version() || a.Version() == c.Version() || len(a.Version()) < 20 {
		t.Errorf("versions name bytes: %s %s %s", a.Version(), b.Version(), c.Version())
	}
	got, err := io.ReadAll(io.NewSectionReader(a, 1, a.Size()))
	if err != nil || string(got) != "bc" || !a.ModTime().Equal(mod) || a.Close() != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestEndpointURL(t *testing.T) {
	for _, tt := range []struct {
		scheme Protocol
		host   string
		port   uint16
		want   string
	}{
		{HTTP, "10.0.0.1", 80, "http://10.0.0.1/x"}, {HTTP, "10.0.0.1", 8080, "http://10.0.0.1:8080/x"},
		{TFTP, "10.0.0.1", 0, "tftp://10.0.0.1/x"}, {HTTP, "10.0.0.1", 0, "http://10.0.0.1/x"},
		{HTTPS, "10.0.0.1", 443, "https://10.0.0.1/x"}, {HTTPS, "10.0.0.1", 80, "https://10.0.0.1:80/x"},
		{HTTP, "fd00::1", 8080, "http://[fd00::1]:8080/x"}, {TFTP, "fe80::1%eth0", 0, "tftp://[fe80::1]/x"},
		{HTTP, "::ffff:10.0.0.1", 80, "http://10.0.0.1/x"},
	} {
		if got := (Endpoint{Scheme: tt.scheme, Host: netip.MustParseAddr(tt.host), Port: tt.port}).URL("x"); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	server := Endpoint{Scheme: HTTP, Host: netip.MustParseAddr("10.0.0.1"), Port: 80}
	if got := server.TFTP().URL("x"); got != "tftp://10.0.0.1/x" {
		t.Errorf("got %s", got)
	}
	if got := server.At(netip.MustParseAddr("10.0.0.2")).URL("x"); got != "http://10.0.0.2/x" {
		t.Errorf("got %s", got)
	}
}

// TestWords: what logs and files say by these words is read again elsewhere.
func TestWords(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{StageROM.String() + StageIPXE.String() + StageBootlace.String(), "romipxebootlace-ipxe"},
		{ClassNone.String() + ClassPXE.String() + ClassHTTP.String(), "PXEClientHTTPClient"},
		{ActionIgnore.String() + ActionBoot.String() + ActionMenu.String(), "ignorebootmenu"},
		{TFTP.String() + HTTP.String(), "tftphttp"},
		{EntryKernel.String() + EntryProfile.String(), "kernelprofile"},
		{Pos{File: "f", Line: 1, Column: 2}.String() + Pos{File: "f"}.String(), "f:1:2f"},
		{Problem{What: "w", Expected: "e"}.Error() + Problem{Pos: Pos{"f", 1, 2}, What: "w"}.Error(), "w: ef:1:2: w"},
		{Unknown{Action: ActionBoot, Profile: "p"}.String() + Unknown{}.String(), "profile pignore"},
		{strings.Join(FirmwareNames(), " "), "other bios uefi uboot rpi"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	if f, err := ParseFirmware("uefi"); err != nil || f != FirmwareUEFI {
		t.Error(f, err)
	}
	if _, err := ParseFirmware("efi"); err == nil {
		t.Error("efi is no kind of firmware")
	}
	if names := CPUNames(); !slices.Contains(names, "arm64") || len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Error(names)
	}
	if !(MAC{1}).IsGroup() || (MAC{2}).IsGroup() {
		t.Error("the lowest bit of the first byte makes a group")
	}
}

func TestCatalogAccessors(t *testing.T) {
	c := mustBuild(t, Spec{
		Profiles: []*Draft{kernelDraft("q"), kernelDraft("p")},
		Groups:   []*Group{{Name: "y", Profile: "p"}, {Name: "x", Match: Match{Archs: []Arch{ArchX64}}}},
		Hosts:    []*Host{{Name: "b", Match: Match{MACs: []MAC{{2}}}}, {Name: "a", Match: Match{MACs: []MAC{{4}}}}},
		Unknown:  Unknown{Action: ActionIgnore},
	})
	names := strings.Join(slices.Concat(
		each(c.Hosts(), func(h *Host) string { return h.Name }), each(c.Groups(), func(g *Group) string { return g.Name }),
		each(c.Profiles(), func(p *Profile) string { return p.Name })), " ")
	if names != "a b x y p q" {
		t.Errorf("sorted by name: got %s", names)
	}
	if c.Host("a") != c.Hosts()[0] || c.Host("none") != nil || c.Profile("q") != c.Profiles()[1] || c.Profile("none") != nil || c.Unknown().Action != ActionIgnore {
		t.Error("by name")
	}
	if p := c.Plan(Client{MAC: MAC{2}, UUID: UUID{}}); (Plan{}).Reason() != "" || p.Reason() != "group y gives profile p" {
		t.Errorf("got %q", p.Reason())
	}
}

// TestMoreProblems are those that the cases of package configs cannot make, or that are cheap to show here.
func TestMoreProblems(t *testing.T) {
	yes, no := true, false
	wipe := kernelDraft("wipe")
	wipe.Destructive = true
	long := kernelDraft("long")
	long.Loader = map[string]Text{"bios": {S: strings.Repeat("x", 108)}}
	_, problems := Build(Spec{
		Profiles: []*Draft{wipe, long, kernelDraft("ok"), kernelDraft("ring", "ring2"), kernelDraft("ring2", "ring"), kernelDraft("victim", "ring")},
		Hosts:    []*Host{{Name: "k", Match: Match{MACs: []MAC{{2}}, Known: &yes}, Profile: "ok"}},
		Groups: []*Group{
			{Name: "odd", Match: Match{Known: &no, Labels: map[string]string{"a": "b"}}},
			{Name: "known", Match: Match{Known: &yes, Subnets: prefixes("10.0.0.0/8")}, Profile: "wipe"},
			{Name: "glob", Match: Match{Serials: []string{"x*"}}, Profile: "wipe"},
			{Name: "exact", Match: Match{Serials: []string{"xy"}}, Profile: "wipe"},
		},
	})
	got := strings.Join(each(problems, Problem.Error), "\n")
	for _, want := range []string{
		"host k is matched by known", "group odd asks for labels of machines that are not known", "group glob would install",
		"too long for a DHCP header", "profile ring inherits itself: ring -> ring2 -> ring",
	} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q is there %d times in\n%s", want, strings.Count(got, want), got)
		}
	}
	for _, not := range []string{"group known would", "group exact would", "victim"} {
		if strings.Contains(got, not) {
			t.Errorf("%q is there in\n%s", not, got)
		}
	}
}
