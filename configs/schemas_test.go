// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"reflect"

	"github.com/bootlace-net/bootlace/boot"
)

func (*Size) schema(*schemaMaker) object {
	return either(object{"type": "integer", "minimum": 0}, patternSchema(`^[0-9]+ ?(KiB|MiB|GiB|TiB)?$`))
}

func (*nameText) schema(*schemaMaker) object {
	return either(object{"type": "number"}, patternSchema(namePattern))
}

func (*vars) schema(*schemaMaker) object { return object{"type": "object"} }

func (*loaders) schema(*schemaMaker) object {
	return either(textSchema(), object{"type": "object", "additionalProperties": textSchema()})
}

func (*variants) schema(g *schemaMaker) object {
	return object{"type": "object", "additionalProperties": g.ref(reflect.TypeFor[variant]())}
}

func (*orderedFiles) schema(*schemaMaker) object {
	return object{"type": "object", "additionalProperties": textSchema()}
}

func (*file) schema(g *schemaMaker) object {
	return either(textSchema(), g.ref(reflect.TypeFor[file]()))
}

func (*install) schema(g *schemaMaker) object {
	return either(object{"type": "boolean"}, g.ref(reflect.TypeFor[installPolicy]()))
}

func (*success) schema(g *schemaMaker) object {
	return either(object{"enum": boot.SuccessWords()}, g.ref(reflect.TypeFor[successFetch]()))
}

func (*power) schema(g *schemaMaker) object { return g.ref(reflect.TypeFor[powerWays]()) }

func (*secretName) schema(*schemaMaker) object { return textSchema() }

func (*bmcURL) schema(*schemaMaker) object { return patternSchema(`^https?://[^@?#]+$`) }

func (*fileURL) schema(*schemaMaker) object { return patternSchema(`^https?://`) }

func (*bmcAddress) schema(*schemaMaker) object { return patternSchema(`^[^ /@%]+$`) }

func (*oneMAC) schema(*schemaMaker) object { return patternSchema(`^[0-9a-fA-F:.-]+$`) }

func (*cmdline) schema(g *schemaMaker) object {
	return either(listSchema(textSchema()), g.ref(reflect.TypeFor[cmdlineEdit]()))
}

func (*menuOrNot) schema(g *schemaMaker) object {
	return either(object{"const": false}, g.ref(reflect.TypeFor[menu]()))
}

func (*menuEntry) schema(g *schemaMaker) object {
	return either(textSchema(), g.ref(reflect.TypeFor[menuEntry]()))
}

func (*unknown) schema(g *schemaMaker) object {
	return either(object{"enum": []string{"ignore", "menu", "wait"}}, g.ref(reflect.TypeFor[unknownProfile]()))
}

func (*match) schema(g *schemaMaker) object {
	if g.defs["match"] == nil {
		props := object{}
		keys, byKey := matchKeys()
		for _, key := range keys {
			props[key] = g.selector(byKey[key])
			props[key].(object)["description"] = byKey[key].Doc
		}
		g.defs["match"] = object{"type": "object", "additionalProperties": false, "properties": props}
	}
	return toDef("match")
}

func (g *schemaMaker) selector(s *boot.Selector) object {
	if whole := s.Whole(&boot.Match{}); whole != nil {
		return g.of(reflect.TypeOf(whole).Elem(), field{})
	}
	return listSchema(formSchema(s.Form))
}

func formSchema(f boot.Form) object {
	switch {
	case f.Words != nil:
		return object{"enum": f.Words}
	case f.MaxNumber > 0:
		return either(patternSchema(f.Pattern), object{"type": "integer", "minimum": 0, "maximum": f.MaxNumber})
	case f.Pattern != "":
		return patternSchema(f.Pattern)
	}
	return textSchema()
}
