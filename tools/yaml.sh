#!/bin/sh
# Runs the tests that read or write YAML with go.yaml.in/yaml/v3, which continues gopkg.in/yaml.v3: on the day it is needed
# the swap is the one line that this script adds to the go.mod of a scratch copy. Needs the module proxy, nothing else.
set -eu
continuation=go.yaml.in/yaml/v3@v3.0.6
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
git ls-files -z | tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory="$scratch"
cd "$scratch"

go mod edit -replace="gopkg.in/yaml.v3=$continuation"
go mod tidy
built=$(go list -deps -f '{{with .Module}}{{with .Replace}}{{.Path}}@{{.Version}}{{end}}{{end}}' ./cmd/bootlace | sort -u | grep yaml || true)
[ "$built" = "$continuation" ] || { echo "yaml: bootlace is built with '$built', not with $continuation" >&2; exit 1; }
go test -count=1 ./configs ./menus ./internal/site ./cmd/...
echo "the tests pass with $continuation"
