// SPDX-License-Identifier: Apache-2.0

package configs

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

//go:embed schema.json
var schemaFile string

// Schema is the JSON Schema (2020-12) of the files for editors: $defs/bootlace, $defs/profile and $defs/hosts.
func Schema() []byte { return []byte(schemaFile) }

// SchemaKinds names the kinds of files.
func SchemaKinds() []string { return []string{"bootlace", "profile", "hosts"} }

// SchemaOf is the schema of one kind of file, which gives editors better hints than that of all.
func SchemaOf(kind string) ([]byte, error) {
	if !slices.Contains(SchemaKinds(), kind) {
		return nil, fmt.Errorf("there is no schema %s: %s", kind, boot.Hint(kind, SchemaKinds()))
	}
	var s map[string]any
	if err := json.Unmarshal(Schema(), &s); err != nil {
		return nil, err
	}
	delete(s, "anyOf")
	s["$ref"] = "#/$defs/" + kind
	b, err := json.MarshalIndent(s, "", "  ")
	return append(b, '\n'), err
}
