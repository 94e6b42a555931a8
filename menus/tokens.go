// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// tokenFunctions give addresses that a token opens. They are functions of the machine.
func tokenFunctions() map[string]function {
	return map[string]function{
		"done_url":   {reporting("done", boot.ScopeDone), `{{ done_url }} is the address by which an installer says that it is done (install: success: callback); GET and POST do`},
		"failed_url": {reporting("failed", boot.ScopeDone), `{{ failed_url }} is the address by which it says that it has failed; what is posted is kept`},
		"log_url":    {reporting("log", boot.ScopeReport), `{{ log_url }} is the address to which it may post lines of its log`},
		"file_url":   {fileURL, `{{ file_url "user-data" }} is url with a token in it, by HTTP: only who was told it gets the file, and only until the machine is installed (secrets: strict)`},
	}
}

func reporting(what string, scope boot.Scope) func(root any) (string, error) {
	return func(root any) (string, error) {
		sc, err := scopeOf(root)
		if err != nil {
			return "", err
		}
		return sc.tokenURL(scope, what)
	}
}

func fileURL(root any, path string) (string, error) {
	sc, err := scopeOf(root)
	if err != nil {
		return "", err
	}
	n, err := boot.ParseName(sc.path(strings.TrimPrefix(path, "/")))
	if err != nil {
		return "", err
	}
	url, err := sc.tokenURL(boot.ScopeFiles, "file/"+escapePath(n.Path()))
	if strings.HasSuffix(path, "/") {
		url += "/" // a directory, as in urlOf
	}
	return url, err
}

// tokenURL gives an address that a token opens.
func (s *session) tokenURL(scope boot.Scope, path string) (string, error) {
	if s.visit.Server.Scheme == boot.TFTP {
		return "", errors.New("HTTP is off, by which installers report: expected http: {enabled: true}")
	}
	s.holds |= boot.HoldsToken
	return s.visit.Server.For(&s.plan, boot.TrustSystem).URL("t/" + s.visit.Token(scope) + "/" + path), nil
}
