// SPDX-License-Identifier: Apache-2.0

package secureboot_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// TestImages: what an image can do by what comes with it, and whom a firmware has to trust for that.
func TestImages(t *testing.T) {
	w := newWorld(t)
	link := func(name string, p *pe.Program) secureboot.Link { return secureboot.Link{Name: name, Program: p} }
	both := w.old.Certificate.Subject.CommonName + "|" + w.young.Certificate.Subject.CommonName
	foreign, arm := read(t, kernelFile(), []*petest.Identity{w.owner}), read(t, petest.Program(0xaa64), []*petest.Identity{w.distroKernels})
	for name, tt := range map[string]struct {
		v      secureboot.Verdict
		answer secureboot.Answer
		code   secureboot.Code
		why    string
		needs  string
	}{
		"own shim":          {secureboot.OfKernel(link("linux", w.kernel), link("shimx64.efi", w.shim)), "yes", "own-shim", "shimx64.efi, starts the kernel, for shim trusts Distro CA", both},
		"no shim":           {secureboot.OfKernel(link("linux", w.kernel), secureboot.Link{}), "unknown", "needs-shim", "signed by Distro CA", ""},
		"a shim that is no": {secureboot.OfKernel(link("linux", w.kernel), link("x", w.grub)), "unknown", "needs-shim", "none comes with it", ""},
		"foreign":           {secureboot.OfKernel(link("linux", foreign), link("shimx64.efi", w.shim)), "no", "untrusted", "signed by Owner, shim trusts Distro CA", both},
		"unsigned":          {secureboot.OfKernel(link("linux", read(t, kernelFile())), link("shimx64.efi", w.shim)), "no", "unsigned", "not signed", ""},
		"no program":        {secureboot.OfKernel(link("linux", nil), secureboot.Link{}), "no", "not-efi", "no EFI program", ""},
		"cannot be read":    {secureboot.OfKernel(secureboot.Link{Name: "linux", Err: errors.New("rot")}, secureboot.Link{}), "unknown", "unreadable", "rot", ""},
		"program":           {secureboot.OfProgram(link("mboot.efi", w.oldShim)), "unknown", "firmware-unknown", "only Microsoft's CA of 2023 refuses", w.old.Certificate.Subject.CommonName},
		"unsigned program":  {secureboot.OfProgram(link("x.efi", read(t, petest.Program(x64)))), "no", "unsigned", "not signed", ""},
		"other machine":     {secureboot.OfKernel(link("linux", arm), link("shimx64.efi", w.shim)), "yes", "own-shim", "", both},
	} {
		if tt.v.Answer != tt.answer || tt.v.Code != tt.code || !strings.Contains(tt.v.Why, tt.why) || strings.Join(tt.v.Needs, "|") != tt.needs {
			t.Errorf("%s: %+v", name, tt.v)
		}
	}
}

// TestEveryAnswerHasACode: whatever is judged, the code is one of those that are listed, and says the same as the answer.
func TestEveryAnswerHasACode(t *testing.T) {
	w := newWorld(t)
	for _, f := range []firmware{{}, {State: secureboot.Off}, {State: secureboot.Setup}, {DB: trusting(w.old)}, {DB: trusting(w.owner)}, {Names: []string{"X"}}, {DBX: trusting(w.old, w.young)}} {
		for _, chain := range [][]secureboot.Link{nil, links(w.shim, w.grub, w.kernel), links(w.own, nil), links(w.oldShim, w.own), {{Name: "x", Err: errors.New("x")}}} {
			v := secureboot.Judge(f, chain)
			if v.Code == "" {
				t.Errorf("%+v has no code", v)
			}
			for _, s := range v.Steps {
				if s.Code == "" {
					t.Errorf("%+v has no code", s)
				}
			}
		}
	}
}

// TestCodesAreDocumented: programs go by the codes.
func TestCodesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/secure-boot.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range secureboot.Codes() {
		if !strings.Contains(string(page), "| `"+string(c)+"` |") {
			t.Errorf("docs/secure-boot.md says nothing of %s", c)
		}
	}
}
