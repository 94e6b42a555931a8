// SPDX-License-Identifier: Apache-2.0

package secureboot_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

const x64 = 0x8664

// world is who signs what in these tests.
type world struct {
	old, young, distro, distroKernels, owner *petest.Identity
	shim, oldShim, grub, kernel, own         *pe.Program
}

func read(t *testing.T, b []byte, by ...[]*petest.Identity) *pe.Program {
	t.Helper()
	for _, chain := range by {
		var certificates []*x509.Certificate
		for _, id := range chain {
			certificates = append(certificates, id.Certificate)
		}
		var err error
		if b, err = pe.Sign(b, chain[0].Key, certificates...); err != nil {
			t.Fatal(err)
		}
	}
	p, err := pe.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sbat(lines string) petest.Section {
	return petest.Section{Name: ".sbat", Data: []byte("sbat,1,SBAT Version,sbat,1,u\n" + lines)}
}

// kernelFile is a kernel, which has no SBAT.
func kernelFile() []byte {
	b := petest.Program(x64, petest.Section{Name: ".text", Data: []byte("6.1.0")})
	copy(b[0x202:], "HdrS")
	return b
}

func newWorld(t *testing.T) *world {
	w := &world{old: petest.New(t, "Microsoft Corporation UEFI CA 2011", nil, true), young: petest.New(t, "Microsoft UEFI CA 2023", nil, true),
		distro: petest.New(t, "Distro CA", nil, true), owner: petest.New(t, "Owner", nil, true)}
	oldSigner, youngSigner := petest.New(t, "Publisher", w.old, false), petest.New(t, "2023 signer", w.young, false)
	w.distroKernels = petest.New(t, "Distro kernels", w.distro, false)
	shim := petest.Program(x64, sbat("shim,4,s,shim,16.1,u\n"), petest.Vendor(w.distro.Certificate, nil),
		petest.Levels("sbat,1,2025021800\nshim,4\ngrub,4\n", "sbat,1,2025051000\nshim,4\ngrub,5\n"))
	w.oldShim = read(t, shim, []*petest.Identity{oldSigner, w.old})
	w.shim = read(t, shim, []*petest.Identity{oldSigner, w.old}, []*petest.Identity{youngSigner, w.young})
	w.grub = read(t, petest.Program(x64, sbat("grub,5,g,grub2,2.12,u\n")), []*petest.Identity{w.distroKernels})
	w.kernel = read(t, kernelFile(), []*petest.Identity{w.distroKernels})
	w.own = read(t, petest.Program(x64, sbat("ipxe,1,i,ipxe,2.0.0,u\n")), []*petest.Identity{w.owner})
	return w
}

func trusting(ids ...*petest.Identity) *pe.Database {
	d := &pe.Database{}
	for _, id := range ids {
		d.Certificates = append(d.Certificates, id.Certificate)
	}
	return d
}

func links(programs ...*pe.Program) (chain []secureboot.Link) {
	for i, p := range programs {
		chain = append(chain, secureboot.Link{Name: []string{"first", "second", "third"}[i], Program: p})
	}
	return chain
}

type firmware = secureboot.Firmware

// TestJudge: what becomes of a chain on a firmware, and the reason in words.
func TestJudge(t *testing.T) {
	w := newWorld(t)
	unsigned := read(t, petest.Program(x64, sbat("ipxe,1,i,ipxe,2.0.0,u\n")))
	arm := read(t, petest.Program(0xaa64), []*petest.Identity{w.owner})
	linked := links(w.shim, w.grub, w.kernel)
	oldGRUB := read(t, petest.Program(x64, sbat("grub,4,g,grub2,2.06,u\n")), []*petest.Identity{w.distroKernels})
	ancient := read(t, petest.Program(x64, sbat("grub,3,g,grub2,2.04,u\n")), []*petest.Identity{w.distroKernels})
	without := read(t, petest.Program(x64), []*petest.Identity{w.distroKernels})
	revoking := read(t, petest.Program(x64, sbat("shim,4,s,shim,16.1,u\n"), petest.Vendor(w.distro.Certificate, petest.List("\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28", w.grub.Digest[:]))), []*petest.Identity{w.owner})
	for name, tt := range map[string]struct {
		f      firmware
		chain  []secureboot.Link
		answer secureboot.Answer
		why    string
	}{
		"off":                        {firmware{State: secureboot.Off}, links(unsigned), "yes", "is off"},
		"setup":                      {firmware{State: secureboot.Setup}, links(unsigned), "yes", "no key is enrolled"},
		"no chain":                   {firmware{}, nil, "unknown", "not known which program"},
		"nothing known":              {firmware{}, linked, "unknown", "first: it is signed by Microsoft Corporation UEFI CA 2011 and Microsoft UEFI CA 2023, one of which nearly all"},
		"old shim, nothing known":    {firmware{}, links(w.oldShim), "unknown", "only Microsoft's CA of 2023 refuses"},
		"both":                       {firmware{State: secureboot.On, DB: trusting(w.old, w.young)}, linked, "yes", "first: the firmware trusts Microsoft Corporation UEFI CA 2011"},
		"young firmware":             {firmware{State: secureboot.On, DB: trusting(w.young)}, linked, "yes", "first: the firmware trusts Microsoft UEFI CA 2023"},
		"old shim, young firmware":   {firmware{State: secureboot.On, DB: trusting(w.young)}, links(w.oldShim, w.grub), "no", "first: it is signed by Microsoft Corporation UEFI CA 2011, the firmware trusts Microsoft UEFI CA 2023"},
		"by names":                   {firmware{State: secureboot.On, Names: []string{"Microsoft UEFI CA 2023"}}, linked, "yes", "first: the firmware trusts Microsoft UEFI CA 2023"},
		"old shim, by names":         {firmware{State: secureboot.On, Names: []string{"Microsoft UEFI CA 2023", "Dell"}}, links(w.oldShim), "no", "the firmware trusts Microsoft UEFI CA 2023 and Dell"},
		"unsigned":                   {firmware{}, links(unsigned), "no", "first: it is not signed"},
		"unsigned, but its digest":   {firmware{DB: &pe.Database{Programs: [][32]byte{unsigned.Digest}}}, links(unsigned), "yes", "digest is in the firmware's db"},
		"own keys":                   {firmware{DB: trusting(w.owner)}, links(w.own), "yes", "trusts Owner"},
		"own keys, other machine":    {firmware{DB: trusting(w.old)}, links(w.own), "no", "signed by Owner, the firmware trusts Microsoft"},
		"own keys, empty db":         {firmware{DB: &pe.Database{}}, links(w.own), "no", "trusts nobody"},
		"own keys, kernel of distro": {firmware{DB: trusting(w.owner)}, links(w.own, w.kernel), "no", "second: it is signed by Distro CA, the firmware trusts Owner"},
		"shim, foreign kernel":       {firmware{DB: trusting(w.old)}, links(w.shim, w.grub, read(t, kernelFile(), []*petest.Identity{w.owner})), "no", "third: it is signed by Owner, shim trusts Distro CA, and what the machine's owner enrolled"},
		"shim, unsigned kernel":      {firmware{DB: trusting(w.old)}, links(w.shim, w.grub, read(t, kernelFile())), "no", "third: it is not signed"},
		"shim, own second stage":     {firmware{DB: trusting(w.old, w.owner)}, links(w.shim, w.own), "yes", "first"},
		"shim starts a kernel":       {firmware{DB: trusting(w.old)}, links(w.shim, w.kernel), "yes", "first"},
		"no SBAT after shim":         {firmware{DB: trusting(w.old)}, links(w.shim, without), "no", "second: it has no SBAT section"},
		"below the older level":      {firmware{DB: trusting(w.old)}, links(w.shim, ancient), "no", "second: its grub is of generation 3, and 4 is the least of the SBAT level that shim sets, 2025021800"},
		"below the newer level":      {firmware{DB: trusting(w.old)}, links(w.shim, oldGRUB), "unknown", "second: its grub is of generation 4, and 5 is the least of the newer SBAT level of shim, 2025051000; whether it is set is not known"},
		"the level is known":         {firmware{DB: trusting(w.old), Least: &pe.Levels{Date: "2025021800", Least: []pe.Level{{Name: "grub", Generation: 4}}}}, links(w.shim, oldGRUB), "yes", "first"},
		"the level is high":          {firmware{DB: trusting(w.old), Least: &pe.Levels{Date: "2025051000", Least: []pe.Level{{Name: "grub", Generation: 5}}}}, links(w.shim, oldGRUB), "no", "5 is the least of the firmware's SBAT level 2025051000"},
		"the level is above shim's":  {firmware{DB: trusting(w.old), Least: &pe.Levels{Date: "2027", Least: []pe.Level{{Name: "shim", Generation: 5}}}}, linked, "no", "first: its shim is of generation 4"},
		"dbx: digest":                {firmware{DB: trusting(w.old), DBX: &pe.Database{Programs: [][32]byte{w.grub.Digest}}}, linked, "no", "second: the firmware's dbx revokes it"},
		"dbx: one authority of two":  {firmware{DB: trusting(w.old, w.young), DBX: trusting(w.old)}, linked, "yes", "first: the firmware trusts Microsoft UEFI CA 2023"},
		"dbx: the only authority":    {firmware{DB: trusting(w.old, w.young), DBX: trusting(w.old)}, links(w.oldShim), "no", "dbx revokes Microsoft Corporation UEFI CA 2011"},
		"revoked by its vendor":      {firmware{DB: trusting(w.owner)}, links(revoking, w.grub), "no", "second: shim's vendor revokes it"},
		"another machine's":          {firmware{DB: trusting(w.owner), CPU: "x86_64"}, links(arm), "no", "it is for arm64, the machine is x86_64"},
		"mixed machines":             {firmware{DB: trusting(w.owner)}, links(w.own, arm), "no", "second: it is for arm64"},
		"no program":                 {firmware{DB: trusting(w.old)}, links(w.shim, nil), "no", "second: it is no EFI program"},
		"no is worse than unknown":   {firmware{}, links(w.shim, unsigned), "no", "second: it is not signed"},
		"cannot be read":             {firmware{}, []secureboot.Link{{Name: "first", Err: errors.New("a table is cut off")}}, "unknown", "first: it cannot be read: a table is cut off"},
	} {
		v := secureboot.Judge(tt.f, tt.chain)
		if v.Answer != tt.answer || !strings.Contains(v.Why, tt.why) {
			t.Errorf("%s: %s, %s: expected %s, %s", name, v.Answer, v.Why, tt.answer, tt.why)
		}
	}
}

// TestTampered: a signature that does not fit the file counts for nothing.
func TestTampered(t *testing.T) {
	owner := petest.New(t, "Owner", nil, true)
	b, err := pe.Sign(petest.Program(x64, petest.Section{Name: ".text", Data: []byte("text")}), owner.Key, owner.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	b[0x200] ^= 1
	v := secureboot.Judge(firmware{DB: trusting(owner)}, links(read(t, b)))
	if v.Answer != secureboot.No || !strings.Contains(v.Why, "was changed after it was signed") {
		t.Errorf("%+v", v)
	}
}

// TestDebian: Debian's own chain starts by firmware with either of Microsoft's authorities, another's kernel does not, nor does the chain
// without shim.
func TestDebian(t *testing.T) {
	var chain []secureboot.Link
	for _, file := range []string{"/usr/lib/shim/shimx64.efi.signed", "/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed", "/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Skipf("NOT TESTED: %v (tools/deps.sh)", err)
		}
		chain = append(chain, secureboot.Link{Name: file, Program: read(t, b)})
	}
	for i := range chain[0].Program.Signatures {
		s := &chain[0].Program.Signatures[i]
		f := firmware{State: secureboot.On, DB: &pe.Database{Certificates: s.Others}, DBX: &pe.Database{}}
		if v := secureboot.Judge(f, chain); v.Answer != secureboot.Yes || len(v.Steps) != 3 {
			t.Errorf("%s: %+v", pe.Name(s.Others[0]), v)
		}
		if v := secureboot.Judge(f, chain[1:]); v.Answer != secureboot.No || !strings.Contains(v.Why, "signed by Debian Secure Boot CA, the firmware trusts Microsoft") {
			t.Errorf("without shim: %+v", v)
		}
	}
}
