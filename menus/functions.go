// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"maps"
	"strings"
	"text/template"

	"github.com/bootlace-net/bootlace/boot"
)

//go:generate go test -run ^(TestDocs|TestInstallsDocs)$ -update .

// function is what a template may call beside the functions of text/template.
type function struct {
	call  any
	about string // what it does; the table in docs/templates.md is made of it
}

// functions is the one table of them, by name.
func functions() map[string]function {
	f := machineFunctions()
	maps.Copy(f, map[string]function{
		"dash":      {macForm(boot.MAC.Dash), `{{ dash .mac }} is 52-54-00-12-34-56`},
		"colon":     {macForm(boot.MAC.String), `{{ colon .mac }} is 52:54:00:12:34:56, from any form`},
		"bare":      {macForm(bare), `{{ bare .mac }} is 525400123456`},
		"hexip":     {hexIPText, `{{ hexip .ip }} is C0A80101, from 192.168.1.1`},
		"default":   {orDefault, `{{ .vars.disk | default "/dev/sda" }} is the value, or the other one if it is missing or empty`},
		"required":  {required, `{{ .vars.disk | required "say which disk" }} is an error with that text if the value is missing or empty`},
		"quote":     {quoteWord, `{{ quote .vars.name }} is one word of a command line, in quotes if it needs them`},
		"words":     {manyWords, `{{ words .vars.extra }} are several words of a command line; a list is joined`},
		"b64":       {onText(b64), `{{ b64 "text" }} is it in base64`},
		"hex":       {onText(hexText), `{{ hex "text" }} are its bytes in hexadecimal`},
		"json":      {toJSON, `{{ json .vars.users }} is the value as JSON`},
		"yaml":      {noYAML, `{{ yaml .vars.users }} is the value as YAML`},
		"indent":    {indent, `{{ indent 4 "text" }} puts spaces before every line`},
		"nindent":   {nindent, `{{ nindent 4 "text" }} is indent after a line break`},
		"join":      {join, `{{ join "," .vars.list }} joins the values of a list`},
		"split":     {split, `{{ split "," .vars.text }} makes a list`},
		"replace":   {replace, `{{ replace "old" "new" .vars.text }} replaces every old`},
		"trim":      {strings.TrimSpace, `{{ trim .vars.text }} drops white space at both ends`},
		"upper":     {strings.ToUpper, `{{ upper .vars.text }} is it in upper case`},
		"lower":     {strings.ToLower, `{{ lower .vars.text }} is it in lower case`},
		"contains":  {contains, `{{ contains "part" .vars.text }} is true if the text holds the part`},
		"hasPrefix": {hasPrefix, `{{ hasPrefix "part" .vars.text }} is true if the text begins with the part`},
	})
	return f
}

// machineFunctions need to know the machine: the root data is their first argument, which templates do not write.
func machineFunctions() map[string]function {
	f := tokenFunctions()
	maps.Copy(f, map[string]function{
		"url":         {urlOf, `{{ url "preseed.cfg" }} is the address of a file of this machine, by HTTP if it is on, else by TFTP; {{ url "seed/" }} that of a directory, {{ url "u-boot.itb" "tftp" }} one for a program that speaks TFTP only`},
		"include":     {include, `{{ include "name" . }} renders another template, to be piped on`},
		"secret":      {secret, `{{ secret "name" }} is a secret of this machine`},
		"sha512crypt": {crypt, `{{ sha512crypt "password" }} is its hash for /etc/shadow, salted by the machine; a second argument is the salt`},
	})
	return f
}

// needsRoot reports whether a function gets the root data.
func needsRoot(name string) bool {
	_, ok := machineFunctions()[name]
	return ok
}

// funcs are all functions of a tree.
func (o *Options) funcs() template.FuncMap {
	m := guardFuncs()
	for name, f := range functions() {
		m[name] = f.call
	}
	if o.YAML != nil {
		m["yaml"] = o.YAML
	}
	return m
}

// noYAML stands where a tree was not given what writes YAML.
func noYAML(any) (string, error) { return "", errors.New("YAML cannot be written here") }
