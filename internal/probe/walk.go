// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pin/tftp/v3"

	"github.com/bootlace-net/bootlace/boot"
)

// finish says the verdict, loads the file as the client would, and looks at what it is.
func (s *session) finish(v Verdict) error {
	if v.Code != "" {
		return &ErrNoBoot{v.Code, v.Text}
	}
	s.say("%s", v.Text)
	if s.kind.name == "rpi" && v.File == "" {
		return s.fetchRPi(v.Host)
	}
	s.say("would load %s%s", v.File, s.where(v))
	if s.opts.NoFetch {
		return nil
	}
	body, err := s.fetch(v.Host, v.File)
	if err != nil {
		return err
	}
	return s.inspect(v, body)
}

func (s *session) where(v Verdict) string {
	if strings.Contains(v.File, "://") {
		return ""
	}
	return " from " + v.Host.String() + " by TFTP"
}

// fetch loads a name or a URL.
func (s *session) fetch(host netip.Addr, file string) ([]byte, error) {
	if u, err := url.Parse(file); err == nil && u.Host != "" {
		switch u.Scheme {
		case "http", "https":
			return s.fetchHTTP(file)
		case "tftp":
			return s.fetchTFTP(withPort(u.Host), strings.TrimPrefix(u.Path, "/"))
		default:
			return nil, &ErrNoBoot{"unknown scheme", "the client cannot load " + file}
		}
	}
	return s.fetchTFTP(net.JoinHostPort(host.String(), "69"), file)
}

func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), "69")
}

// Bounds of what is loaded: larger files than any boot program has are not needed to say that they can be had.
const (
	mostBytes  = 64 << 20
	fetchTries = 2
	fetchWait  = 2 * time.Second
)

func (s *session) fetchTFTP(host, name string) ([]byte, error) {
	began := time.Now()
	c, err := tftp.NewClient(host)
	if err != nil {
		return nil, &ErrNoBoot{"PXE-E18", err.Error()}
	}
	c.SetTimeout(fetchWait)
	c.SetRetries(fetchTries)
	c.SetBlockSize(1428)
	from, err := c.Receive(name, "octet")
	if err != nil {
		return nil, s.tftpError(host, name, err)
	}
	var body limited
	if _, err := from.WriteTo(&body); err != nil && !errors.Is(err, errEnough) {
		return nil, s.tftpError(host, name, err)
	}
	s.say("%s: %d bytes by TFTP in %s", name, body.Len(), time.Since(began).Round(time.Millisecond))
	return body.Bytes(), nil
}

// errEnough ends a transfer of more than mostBytes.
var errEnough = errors.New("enough was loaded")

// limited is a buffer with an end.
type limited struct{ bytes.Buffer }

func (l *limited) Write(b []byte) (int, error) {
	if l.Len()+len(b) > mostBytes {
		return 0, errEnough
	}
	return l.Buffer.Write(b)
}

// tftpError puts an error into the code that the client would print.
func (s *session) tftpError(host, name string, err error) error {
	var timeout net.Error
	timedOut := errors.As(err, &timeout) && timeout.Timeout()
	text := fmt.Sprintf("TFTP server %s, file %s: %v", host, name, err)
	switch {
	case s.kind.ipxe:
		return &ErrNoBoot{"iPXE error", text}
	case s.kind.name == "bios" && timedOut:
		return &ErrNoBoot{"PXE-E32", "TFTP open timeout. " + text + ". Does a firewall let UDP from other ports than 69 through?"}
	case s.kind.name == "bios":
		return &ErrNoBoot{"PXE-T01/PXE-E3B", text}
	case timedOut:
		return &ErrNoBoot{"PXE-E18", "the TFTP server does not answer. " + text + ". Does a firewall let UDP from other ports than 69 through?"}
	default:
		return &ErrNoBoot{"PXE-E23", "the TFTP server refuses. " + text}
	}
}

// fetchHTTP asks HEAD, as UEFI does for the size, then GET.
func (s *session) fetchHTTP(file string) ([]byte, error) {
	head, err := s.http(http.MethodHead, file)
	if err != nil {
		return nil, err
	}
	_ = head.Body.Close() // empty
	if head.ContentLength < 0 {
		s.note("HEAD of %s gives no Content-Length: UEFI firmware needs one", file)
	}
	began := time.Now()
	res, err := s.http(http.MethodGet, file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	body, err := io.ReadAll(io.LimitReader(res.Body, mostBytes))
	if err != nil {
		return nil, &ErrNoBoot{"HTTP error", err.Error()}
	}
	s.say("%s: %d bytes by HTTP in %s, %s", file, len(body), time.Since(began).Round(time.Millisecond), res.Header.Get("Content-Type"))
	return body, nil
}

func (s *session) http(method, file string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(s.ctx, method, file, nil)
	if err != nil {
		return nil, &ErrNoBoot{"HTTP error", err.Error()}
	}
	req.Header.Set("User-Agent", "bootlace-probe")
	res, err := (&http.Client{Timeout: 60 * time.Second}).Do(req)
	if err != nil {
		return nil, &ErrNoBoot{"HTTP error", err.Error()}
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close() // not of interest
		return nil, &ErrNoBoot{"HTTP error", fmt.Sprintf("%s %s: %s", method, file, res.Status)}
	}
	return res, nil
}

// Machine types of PE programs (PE/COFF specification, section "Machine Types").
func machineOf(a boot.Arch) (uint16, bool) {
	m, ok := map[boot.Arch]uint16{boot.ArchIA32: 0x14c, boot.ArchX64: 0x8664, boot.ArchARM64: 0xaa64, boot.ArchARM32: 0x1c2, boot.ArchRISCV64: 0x5064}[a.Plain()]
	return m, ok
}

// inspect looks whether the client can run what it got.
func (s *session) inspect(v Verdict, body []byte) error {
	isScript := bytes.HasPrefix(body, []byte("#!ipxe"))
	switch {
	case len(body) == 0:
		return &ErrNoBoot{"empty file", v.File + " has no bytes"}
	case isScript && !s.kind.ipxe:
		return &ErrNoBoot{"not a program", v.File + " is an iPXE script: firmware cannot run it"}
	case isScript:
		return s.follow(v.File, string(body))
	case s.kind.ipxe:
		s.note("%s is not a script: iPXE starts it as a program", v.File)
	case s.kind.arch.Firmware() == boot.FirmwareUEFI:
		return s.inspectPE(v.File, body)
	}
	s.say("it would boot")
	return nil
}

func (s *session) inspectPE(file string, body []byte) error {
	if len(body) < 64 || string(body[:2]) != "MZ" {
		return &ErrNoBoot{"not an EFI program", file + " does not begin as one: firmware says Unsupported"}
	}
	at := int(binary.LittleEndian.Uint32(body[60:]))
	if at < 0 || at+6 > len(body) || string(body[at:at+4]) != "PE\x00\x00" {
		return &ErrNoBoot{"not an EFI program", file + " has no PE header: firmware says Unsupported"}
	}
	got := binary.LittleEndian.Uint16(body[at+4:])
	if want, known := machineOf(s.kind.arch); known && got != want {
		return &ErrNoBoot{"wrong architecture", fmt.Sprintf("%s is for machine type %04x, this client needs %04x: firmware says Unsupported", file, got, want)}
	}
	s.say("it is an EFI program for this machine: it would boot")
	return nil
}

// follow prints a script and asks whether the files it names can be had.
func (s *session) follow(base, script string) error {
	at, err := url.Parse(base)
	if err != nil {
		return &ErrNoBoot{"iPXE error", err.Error()}
	}
	var missing []string
	vars := make(map[string]string)
	for line := range strings.SplitSeq(strings.TrimRight(script, "\n"), "\n") {
		s.say("    | %s", line)
		u, err := at.Parse(fileOf(line, vars))
		if err != nil || *u == *at || !strings.HasPrefix(u.Scheme, "http") {
			continue
		}
		res, err := s.http(http.MethodHead, u.String())
		if err != nil {
			missing = append(missing, err.Error())
			continue
		}
		_ = res.Body.Close() // empty
		s.say("      %s: %d bytes", u, res.ContentLength)
	}
	if len(missing) > 0 {
		return &ErrNoBoot{"iPXE error", "the script names what cannot be had: " + strings.Join(missing, "; ")}
	}
	s.say("it would boot")
	return nil
}

// fileOf is the file that a line of an iPXE script loads; "" for lines that load none, or that depend on what only iPXE
// knows. It keeps what the script sets in vars.
func fileOf(line string, vars map[string]string) string {
	line, _, _ = strings.Cut(line, "||")
	words := strings.Fields(line)
	if len(words) == 3 && words[0] == "set" {
		vars[words[1]] = words[2]
	}
	if len(words) < 2 || !slices.Contains([]string{"kernel", "initrd", "module", "chain", "imgfetch", "imgload", "boot"}, words[0]) {
		return ""
	}
	for i := 1; i < len(words); i++ {
		switch {
		case words[i] == "--name" || words[i] == "-n":
			i++
		case !strings.HasPrefix(words[i], "-"):
			return expand(words[i], vars)
		}
	}
	return ""
}

// expand puts in what a script has set; "" where it has not.
func expand(word string, vars map[string]string) string {
	for name, value := range vars {
		word = strings.ReplaceAll(word, "${"+name+"}", value)
	}
	if strings.Contains(word, "${") {
		return ""
	}
	return word
}

// fetchRPi asks for what the boot ROM of a Raspberry Pi 3 and of later ones asks first.
func (s *session) fetchRPi(host netip.Addr) error {
	if s.opts.NoFetch {
		return nil
	}
	var last error
	for _, name := range []string{"bootcode.bin", "start4.elf", "config.txt", "boot.img"} {
		if _, last = s.fetchTFTP(net.JoinHostPort(host.String(), "69"), name); last == nil {
			s.say("it would boot (a real one asks below the directory of its serial number first)")
			return nil
		}
		s.say("%s: %v", name, last)
	}
	return last
}
