// SPDX-License-Identifier: Apache-2.0

package trust_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/trust"
)

// The tests of this file compare with the programs that signers use: gpg, gpgv, minisign and openssl (tools/deps.sh go).

// gpg is a home of keys, with its program.
type gpg struct {
	t    *testing.T
	home string
}

func newGPG(t *testing.T) gpg {
	t.Helper()
	need(t, "gpg", "gpgv")
	home, err := os.MkdirTemp("", "gpg") // short: the path of a socket has at most 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run() // the agent that gpg has started
		_ = os.RemoveAll(home)
	})
	return gpg{t, home}
}

func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed: tools/deps.sh go", p)
		}
	}
}

func (g gpg) run(args ...string) []byte {
	g.t.Helper()
	cmd := exec.Command("gpg", append([]string{"--homedir", g.home, "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", "", "--allow-weak-digest-algos"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		g.t.Fatalf("gpg %q: %v\n%s", args, err, stderr.Bytes())
	}
	return out
}

// key makes a key, and gives its public part and fingerprint.
func (g gpg) key(name, algo, expire string, more ...string) (public []byte, fpr string) {
	g.t.Helper()
	g.run(append(more, "--quick-generate-key", name, algo, "sign", expire)...)
	for line := range strings.Lines(string(g.run("--with-colons", "--list-keys", "="+name))) {
		if f := strings.Split(line, ":"); f[0] == "fpr" && fpr == "" {
			fpr = f[9]
		}
	}
	return g.run("--armor", "--export", fpr), fpr
}

func (g gpg) file(name string, b []byte) string {
	g.t.Helper()
	path := filepath.Join(g.home, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		g.t.Fatal(err)
	}
	return path
}

// gpgv asks the program that package managers ask.
func (g gpg) gpgv(key, message, signature []byte) bool {
	ring := g.file("ring.gpg", nil)
	dearmored := g.run("--dearmor", "--output", "-", g.file("key.asc", key))
	g.file("ring.gpg", dearmored)
	return exec.Command("gpgv", "--homedir", g.home, "--keyring", ring, g.file("sig", signature), g.file("msg", message)).Run() == nil
}

func TestOpenPGPAsGPGSigns(t *testing.T) {
	g := newGPG(t)
	message := []byte("0123  linux\n4567  initrd.gz \n- dash\n")
	path := g.file("SHA256SUMS", message)
	for _, algo := range []string{"ed25519", "rsa3072", "nistp256"} {
		public, fpr := g.key("Signer "+algo+" <signer@example.org>", algo, "never")
		key, err := trust.ParseKey(public)
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"--detach-sign"}, {"--detach-sign", "--armor"}, {"--detach-sign", "--digest-algo", "SHA256"}, {"--detach-sign", "--textmode"}} {
			sig := g.run(append(args, "--local-user", fpr, "--output", "-", path)...)
			s, err := key.Verify(bytes.NewReader(message), sig)
			if err != nil || !g.gpgv(public, message, sig) {
				t.Errorf("%s %q: %v", algo, args, err)
			}
			if s.Key != fpr || !strings.HasPrefix(s.By, "Signer "+algo) || time.Since(s.When) > time.Hour {
				t.Errorf("%s: signed by %+v, want %s", algo, s, fpr)
			}
			forged := append(bytes.Clone(message), "89ab  evil\n"...)
			if _, err := key.Verify(bytes.NewReader(forged), sig); !errors.Is(err, trust.ErrUnsigned) || g.gpgv(public, forged, sig) {
				t.Errorf("%s %q: a forged message: %v", algo, args, err)
			}
		}
		clear := g.run("--clearsign", "--local-user", fpr, "--output", "-", path)
		text, s, err := key.Inline(append(append([]byte("cdef  before\n"), clear...), "cdef  behind\n"...))
		if err != nil || s.Key != fpr {
			t.Errorf("%s: %v", algo, err)
		}
		if want := "0123  linux\r\n4567  initrd.gz\r\n- dash"; string(text) != want {
			t.Errorf("%s: the signed text is %q, want %q", algo, text, want)
		}
		if _, _, err := key.Inline(bytes.Replace(clear, []byte("0123"), []byte("0124"), 1)); !errors.Is(err, trust.ErrUnsigned) {
			t.Errorf("%s: a forged text: %v", algo, err)
		}
	}
}

func TestOpenPGPRefusals(t *testing.T) {
	g := newGPG(t)
	message := []byte("message")
	path := g.file("message", message)
	good, goodID := g.key("Good", "ed25519", "never")
	other, otherID := g.key("Other", "ed25519", "never")
	expired, expiredID := g.key("Expired", "ed25519", "seconds=600", "--faked-system-time", "20200101T000000")
	_, revokedID := g.key("Revoked", "ed25519", "never")
	sign := func(id string, args ...string) []byte {
		return g.run(append(args, "--detach-sign", "--local-user", id+"!", "--output", "-", path)...)
	}
	sigRevoked := sign(revokedID)
	certificate, err := os.ReadFile(filepath.Join(g.home, "openpgp-revocs.d", revokedID+".rev"))
	if err != nil {
		t.Fatal(err)
	}
	g.run("--import", g.file("rev.asc", bytes.Replace(certificate, []byte(":-----"), []byte("-----"), 1)))
	revoked := g.run("--armor", "--export", revokedID)
	for name, tt := range map[string]struct {
		key, sig []byte
		want     string
	}{
		"another key":                 {good, sign(otherID), "another key"},
		"a hash that has fallen":      {good, sign(goodID, "--digest-algo", "SHA1"), "forged"},
		"a key that has expired":      {expired, sign(expiredID, "--faked-system-time", "20200101T000100"), "expired"},
		"a key that was revoked":      {revoked, sigRevoked, "revoked"},
		"a signature still to come":   {good, sign(goodID, "--faked-system-time", "20350101T000000"), "not signed"},
		"no signature":                {good, []byte("hello"), "one of cosign"},
		"a signature cut off":         {good, sign(goodID)[:20], "not signed"},
		"an armored one that is none": {good, []byte("-----BEGIN PGP SIGNATURE-----\n\nhello"), "not signed"},
	} {
		key, err := trust.ParseKey(tt.key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := key.Verify(bytes.NewReader(message), tt.sig); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want words with %q", name, err, tt.want)
		}
	}
	// Of several signatures, as Debian's Release has them, one that is known is enough; of several keys, one that has signed.
	both, err := trust.ParseKey(append(bytes.Clone(other), good...))
	if err != nil || len(both.IDs()) != 2 {
		t.Fatalf("%v, %v", both, err)
	}
	twice := append(sign(otherID), sign(goodID)...)
	only, err := both.Only([]string{" 0x" + strings.ToLower(goodID[:20]) + "  " + goodID[20:]})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := only.Verify(bytes.NewReader(message), twice); err != nil || s.Key != goodID {
		t.Errorf("two signatures: %+v, %v", s, err)
	}
	if _, err := only.Verify(bytes.NewReader(message), sign(otherID)); err == nil {
		t.Error("a key that was left out has signed")
	}
	if _, err := both.Only([]string{revokedID}); err == nil || !strings.Contains(err.Error(), revokedID) {
		t.Errorf("keys that are not there: %v", err)
	}
}

func TestMinisignAsItSigns(t *testing.T) {
	need(t, "minisign")
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command("minisign", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("minisign %q: %v\n%s", args, err, out)
		}
	}
	read := func(name string) []byte {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	message := bytes.Repeat([]byte("message"), 100_000)
	if err := os.WriteFile(filepath.Join(dir, "m"), message, 0o600); err != nil {
		t.Fatal(err)
	}
	run("-G", "-W", "-p", "a.pub", "-s", "a.key")
	run("-G", "-W", "-p", "b.pub", "-s", "b.key")
	key, err := trust.ParseKey(read("a.pub"))
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(read("a.pub")), "\n")
	if short, err := trust.ParseKey([]byte(line)); err != nil || short.IDs()[0] != key.IDs()[0] {
		t.Errorf("the line of the key alone: %v", err)
	}
	if !strings.Contains(string(read("a.pub")), key.IDs()[0]) {
		t.Errorf("id %s, and the program writes %s", key.IDs()[0], read("a.pub"))
	}
	for _, how := range [][]string{{"-S", "-H"}, {"-S", "-l"}} {
		run(append(how, "-s", "a.key", "-m", "m", "-x", "m.sig")...)
		s, err := key.Verify(bytes.NewReader(message), read("m.sig"))
		if err != nil || s.Key != key.IDs()[0] || time.Since(s.When) > time.Hour {
			t.Errorf("%q: %+v, %v", how, s, err)
		}
		for name, sig := range map[string][]byte{
			"another comment":   bytes.Replace(read("m.sig"), []byte("timestamp:1"), []byte("timestamp:2"), 1),
			"a forged one":      forge(read("m.sig")),
			"one that is short": read("m.sig")[:60],
		} {
			if _, err := key.Verify(bytes.NewReader(message), sig); !errors.Is(err, trust.ErrUnsigned) {
				t.Errorf("%q: %s: %v", how, name, err)
			}
		}
		if _, err := key.Verify(bytes.NewReader(message[1:]), read("m.sig")); !errors.Is(err, trust.ErrUnsigned) {
			t.Errorf("%q: a forged message: %v", how, err)
		}
		run(append(how, "-s", "b.key", "-m", "m", "-x", "m.sig")...)
		if _, err := key.Verify(bytes.NewReader(message), read("m.sig")); !errors.Is(err, trust.ErrUnsigned) {
			t.Errorf("%q: another key: %v", how, err)
		}
	}
}

// forge changes a digit in the middle of the second line.
func forge(sig []byte) []byte {
	out := bytes.Clone(sig)
	at := bytes.IndexByte(out, '\n') + 50
	out[at] = map[bool]byte{true: 'B', false: 'A'}[out[at] == 'A']
	return out
}

func TestCosignByOpenSSL(t *testing.T) {
	need(t, "openssl")
	dir := t.TempDir()
	run := func(args ...string) []byte {
		t.Helper()
		cmd := exec.Command("openssl", args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("openssl %q: %v", args, err)
		}
		return out
	}
	message := []byte("message")
	if err := os.WriteFile(filepath.Join(dir, "m"), message, 0o600); err != nil {
		t.Fatal(err)
	}
	for curve, hash := range map[string]string{"prime256v1": "-sha256", "secp384r1": "-sha384"} {
		run("ecparam", "-name", curve, "-genkey", "-noout", "-out", "key")
		key, err := trust.ParseKey(run("ec", "-in", "key", "-pubout"))
		if err != nil {
			t.Fatal(err)
		}
		sig := base64.StdEncoding.EncodeToString(run("dgst", hash, "-sign", "key", "m"))
		for name, form := range map[string]string{"base64": sig + "\n", "bundle": `{"base64Signature":"` + sig + `","rekorBundle":{}}`,
			"new bundle": `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","messageSignature":{"messageDigest":{},"signature":"` + sig + `"}}`} {
			if s, err := key.Verify(bytes.NewReader(message), []byte(form)); err != nil || s.Key != key.IDs()[0] {
				t.Errorf("%s %s: %v", curve, name, err)
			}
			if _, err := key.Verify(strings.NewReader("forged"), []byte(form)); !errors.Is(err, trust.ErrUnsigned) {
				t.Errorf("%s %s: a forged message: %v", curve, name, err)
			}
		}
	}
}
