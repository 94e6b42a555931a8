// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"bytes"
	"errors"
	"io"

	"gopkg.in/yaml.v3" // its upstream is archived; go.yaml.in/yaml/v3 takes its place in this line, and in no other
)

// node is a value of a YAML file with its place.
type node = yaml.Node

const (
	documentNode = yaml.DocumentNode
	mappingNode  = yaml.MappingNode
	sequenceNode = yaml.SequenceNode
	scalarNode   = yaml.ScalarNode
	aliasNode    = yaml.AliasNode

	doubleQuotedStyle = yaml.DoubleQuotedStyle

	quotedStyle = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle
	flowStyle   = yaml.FlowStyle
	blockStyle  = yaml.LiteralStyle | yaml.FoldedStyle
)

// eachDocument parses the documents of a file and hands on one after the other, until one is not YAML.
func eachDocument(b []byte, use func(doc *node)) error {
	dec := yaml.NewDecoder(bytes.NewReader(b))
	for {
		doc := &node{}
		switch err := dec.Decode(doc); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		use(doc)
	}
}

// writeDocuments writes documents in the layout of [Format].
func writeDocuments(docs []*node) ([]byte, error) {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	for _, doc := range docs {
		if err := enc.Encode(doc); err != nil {
			return nil, err
		}
	}
	err := enc.Close()
	return out.Bytes(), err
}
