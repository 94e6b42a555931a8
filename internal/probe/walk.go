// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
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
