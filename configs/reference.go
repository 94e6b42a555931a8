// SPDX-License-Identifier: Apache-2.0

package configs

import _ "embed"

//go:embed reference.yaml
var reference string

// Reference is an example of every key there is, with comments: bootlace.yaml with its defaults, a profile, and a file of
// hosts, as three documents.
func Reference() []byte { return []byte(reference) }
