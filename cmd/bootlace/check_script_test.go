// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts call bootlace as a program of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"bootlace": main})
}

// TestScripts runs every script in testdata/script: what people type, and what they see.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Condition:     onThisHost,
		Setup: func(env *testscript.Env) error {
			wd, err := os.Getwd()
			env.Setenv("EXAMPLES", wd+"/../../configs/examples")
			// check looks with the rights of another user, who must be able to come here.
			return errors.Join(err, os.Chmod(filepath.Dir(env.WorkDir), 0o755), os.Chmod(env.WorkDir, 0o755))
		},
	})
}

// onThisHost is the condition [file:PATH] of scripts.
func onThisHost(condition string) (bool, error) {
	path, ok := strings.CutPrefix(condition, "file:")
	if !ok {
		return false, fmt.Errorf("condition %s is not known", condition)
	}
	_, err := os.Stat(path)
	return err == nil, nil
}
