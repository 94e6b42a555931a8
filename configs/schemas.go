// SPDX-License-Identifier: Apache-2.0

package configs

import "reflect"

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
	return either(object{"enum": []string{"ignore", "menu"}}, g.ref(reflect.TypeFor[unknownProfile]()))
}
