// SPDX-License-Identifier: Apache-2.0

// Command sbom writes what a binary of Bootlace is made of, as CycloneDX: the Go modules by its own build information, and the
// network-boot programs that it carries, by the command carried of a build with the tag packaging on standard input. Usage: sbom BINARY < LOADERS > SBOM
package main

import (
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"
)

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: sbom BINARY < loaders.json > sbom.json"))
	}
	info, err := buildinfo.ReadFile(os.Args[1])
	if err != nil {
		fail(err)
	}
	bom := describe(info)
	loaders, err := carried(os.Stdin)
	if err != nil {
		fail(err)
	}
	*bom.Components = append(*bom.Components, loaders...)
	if err := cyclonedx.NewBOMEncoder(os.Stdout, cyclonedx.BOMFileFormatJSON).SetPretty(true).Encode(bom); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "sbom:", err)
	os.Exit(1)
}

// describe lists the modules. It holds neither a time nor a serial number: the same binary gives the same bytes.
func describe(info *buildinfo.BuildInfo) *cyclonedx.BOM {
	bom := cyclonedx.NewBOM()
	main := module(info.Main.Path, version(info))
	main.Type = cyclonedx.ComponentTypeApplication
	bom.Metadata = &cyclonedx.Metadata{Component: &main}
	all := []cyclonedx.Component{module("std", strings.TrimPrefix(info.GoVersion, "go"))}
	for _, d := range info.Deps {
		if d.Replace != nil {
			d = d.Replace
		}
		c := module(d.Path, d.Version)
		if d.Sum != "" {
			c.Properties = &[]cyclonedx.Property{{Name: "go.sum", Value: d.Sum}}
		}
		all = append(all, c)
	}
	bom.Components = &all
	return bom
}

// version is the commit, which says more than the version of a main module.
func version(info *buildinfo.BuildInfo) string {
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return info.Main.Version
}

func module(path, version string) cyclonedx.Component {
	url := "pkg:golang/" + path + "@" + version
	return cyclonedx.Component{Type: cyclonedx.ComponentTypeLibrary, BOMRef: url, Name: path, Version: version, PackageURL: url}
}

// loader is what matters of an entry of that list.
type loader struct {
	Name   string `json:"name"`
	Digest string `json:"sha256"`
}

func carried(in io.Reader) (all []cyclonedx.Component, err error) {
	var list []loader
	if err := json.NewDecoder(in).Decode(&list); err != nil {
		return nil, fmt.Errorf("the list of loaders: %w", err)
	}
	for _, l := range list {
		if l.Name == "" || l.Digest == "" {
			return nil, fmt.Errorf("a loader without name or digest: %+v", l)
		}
		all = append(all, cyclonedx.Component{
			Type: cyclonedx.ComponentTypeFirmware, BOMRef: "loader:" + l.Name, Name: l.Name, Description: "iPXE, a program of its own that machines run",
			Hashes:   &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: l.Digest}},
			Licenses: &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "GPL-2.0-or-later"}}},
		})
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the list of loaders is empty")
	}
	return all, nil
}
