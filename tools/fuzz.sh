#!/bin/sh
# Runs every fuzz target of the module for FUZZTIME, one after another. No target at all is an error.
set -eu
GO=${GO:-go}
FUZZTIME=${FUZZTIME:-10s}
TRIES=5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fuzz DIR NAME fuzzes one target. Go before 1.27 now and then takes the end of -fuzztime for a failure of the target
# (golang/go#75804), the more often the busier the machine is. Then the target is fuzzed anew.
fuzz() {
	try=1
	while :; do
		ls "$1/testdata/fuzz/$2" >"$work/before" 2>/dev/null || true
		{ rc=0 && "$GO" test -run='^$' -fuzz="^$2\$" -fuzztime="$FUZZTIME" -fuzzminimizetime=20x "$1" 2>&1 || rc=$?; echo "$rc" >"$work/rc"; } | tee "$work/out"
		[ "$(cat "$work/rc")" != 0 ] || return 0
		ls "$1/testdata/fuzz/$2" >"$work/after" 2>/dev/null || true
		cmp -s "$work/before" "$work/after" && only_the_deadline "$2" && [ "$try" -lt "$TRIES" ] || return 1
		try=$((try + 1))
		echo "fuzz $1 $2 again: its time was up, and Go took that for a failure"
	done
}

# only_the_deadline NAME tells whether the last output has nothing to say but that the time is up. A finding names its input,
# and a target that fails gives its own words.
only_the_deadline() {
	said=$(sed -n '/^--- FAIL/,/^FAIL$/p' "$work/out" | sed 's/ ([0-9.]*s)$//')
	[ "$said" = "$(printf -- '--- FAIL: %s\n    context deadline exceeded\nFAIL' "$1")" ]
}

count=0
for file in $(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' || true); do
	dir=./$(dirname "$file")
	for name in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
		echo "fuzz $dir $name"
		fuzz "$dir" "$name"
		count=$((count + 1))
	done
done
[ "$count" -gt 0 ] || { echo "no fuzz targets found" >&2; exit 1; }
echo "$count fuzz targets ran"
