// SPDX-License-Identifier: Apache-2.0

package power

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

const password = "only-for-tests"

// bmc is a Redfish service with the answers of one maker, and what it was asked. It takes a PATCH and a reset as that maker does.
type bmc struct {
	*httptest.Server
	answers map[string]json.RawMessage // by path

	ifMatch  bool     // refuses a PATCH without the right If-Match
	refuses  []string // members of Boot that it cannot write
	sessions int      // that are open
	instead  func(w http.ResponseWriter, r *http.Request) bool

	mu    sync.Mutex
	state string
	etag  int
	asked []string // METHOD PATH BODY, of what changes something
}

// startBMC serves the answers of a file in testdata.
func startBMC(t *testing.T, file string) *bmc {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	b := &bmc{state: "On", answers: map[string]json.RawMessage{}}
	if err := json.Unmarshal(raw, &b.answers); err != nil {
		t.Fatal(err)
	}
	b.Server = httptest.NewUnstartedServer(b)
	b.Config.ErrorLog = log.New(io.Discard, "", 0)
	b.StartTLS()
	t.Cleanup(b.Close)
	return b
}

func (b *bmc) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.instead != nil && b.instead(w, r) {
		return
	}
	path := strings.TrimRight(r.URL.Path, "/")
	if r.Method == http.MethodPost && strings.HasSuffix(path, "/Sessions") {
		b.login(w, body)
		return
	}
	if path != "/redfish/v1" && r.Header.Get("X-Auth-Token") != "token" {
		b.fail(w, http.StatusUnauthorized, "there is no session")
		return
	}
	switch r.Method {
	case http.MethodDelete:
		b.sessions--
		w.WriteHeader(http.StatusNoContent)
	case http.MethodGet:
		b.get(w, path)
	default:
		b.asked = append(b.asked, r.Method+" "+path+" "+string(body))
		b.change(w, r, path, body)
	}
}

func (b *bmc) login(w http.ResponseWriter, body []byte) {
	var who struct{ UserName, Password string }
	_ = json.Unmarshal(body, &who)
	if who.UserName != "bootlace" || who.Password != password {
		b.fail(w, http.StatusUnauthorized, "wrong: "+string(body))
		return
	}
	b.sessions++
	w.Header().Set("X-Auth-Token", "token")
	w.Header().Set("Location", b.URL+"/redfish/v1/SessionService/Sessions/1")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write([]byte("{}"))
}

func (b *bmc) get(w http.ResponseWriter, path string) {
	answer, ok := b.answers[path]
	if !ok {
		b.fail(w, http.StatusNotFound, "there is no "+path)
		return
	}
	text := strings.ReplaceAll(string(answer), "POWERSTATE", b.state)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("ETag", b.tag())
	_, _ = io.WriteString(w, text)
}

func (b *bmc) tag() string { return fmt.Sprintf(`"%d"`, b.etag) }

func (b *bmc) change(w http.ResponseWriter, r *http.Request, path string, body []byte) {
	if r.Method == http.MethodPatch && b.ifMatch && r.Header.Get("If-Match") != b.tag() {
		b.fail(w, http.StatusPreconditionFailed, "the ETag supplied did not match")
		return
	}
	for _, name := range b.refuses {
		if strings.Contains(string(body), name) {
			b.fail(w, http.StatusBadRequest, "the property "+name+" is read only")
			return
		}
	}
	b.etag++
	var ask struct{ ResetType string }
	_ = json.Unmarshal(body, &ask)
	switch ask.ResetType {
	case "":
	case "ForceOff":
		b.state = "Off"
	default:
		b.state = "On"
	}
	w.WriteHeader(http.StatusNoContent)
}

// fail answers as DSP0266 9.5.11 has it.
func (b *bmc) fail(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"code": "Base.1.8.GeneralError", "message": "A general error has occurred. See ExtendedInfo for more information.",
		"@Message.ExtendedInfo": []any{map[string]any{"MessageId": "Base.1.8.GeneralError", "Message": message}},
	}})
}

// changes gives what was asked since the last time.
func (b *bmc) changes() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() { b.asked = nil }()
	return slices.Clone(b.asked)
}

func (b *bmc) open() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sessions
}

// target trusts the certificate of the BMC alone.
func (b *bmc) target() *Target {
	at := boot.Pos{File: "hosts/h.yaml", Line: 3, Column: 9}
	return &Target{Name: "node1", Password: password, CA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b.Certificate().Raw}),
		Power: boot.Power{Redfish: &boot.Redfish{URL: b.URL, User: "bootlace", Password: boot.Text{S: "bmc", Pos: at}, Pos: at}}}
}

// otherCA is a certificate that signed nothing here.
func otherCA(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
