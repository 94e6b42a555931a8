#!/bin/sh
# Runs every fuzz target of the module for FUZZTIME, one after another. No target at all is an error.
set -eu
GO=${GO:-go}
FUZZTIME=${FUZZTIME:-10s}
count=0
for file in $(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' || true); do
	dir=./$(dirname "$file")
	for name in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
		echo "fuzz $dir $name"
		"$GO" test -run='^$' -fuzz="^$name\$" -fuzztime="$FUZZTIME" -fuzzminimizetime=20x "$dir"
		count=$((count + 1))
	done
done
[ "$count" -gt 0 ] || { echo "no fuzz targets found" >&2; exit 1; }
echo "$count fuzz targets ran"
