#!/bin/sh
# The whole test suite, as CI runs it: formats, vet, lint, unit tests with the race detector, short fuzzing, every system
# we promise, and real firmware booted in QEMU. Needs root (namespaces) on Debian; installs what
# is missing. Ends with "N passed, N failed, N skipped" and lists what was skipped.
set -u
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "test: run as root: the tests make network namespaces and bind port 67 in them" >&2; exit 1; }

passed=0 failed=0 skipped=0 failures="" skips=""
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# step NAME COMMAND... runs one step, shows its output as it comes and remembers how it ended.
step() {
	name=$1
	shift
	echo "=== $name"
	start=$(date +%s)
	{ "$@" 2>&1; echo $? >"$logs/rc"; } | tee "$logs/out" | grep -a --line-buffered -vE '^(=== (RUN|PAUSE|CONT|NAME)| *--- PASS|PASS$)'
	took=$(($(date +%s) - start))
	if [ "$(cat "$logs/rc")" = 0 ]; then
		passed=$((passed + 1))
		echo "--- ok $name (${took}s)"
	else
		failed=$((failed + 1))
		failures="$failures $name"
		echo "--- FAILED $name (${took}s)"
	fi
	grep -ah '^ *--- SKIP' "$logs/out" >"$logs/skips" || return 0
	n=$(wc -l <"$logs/skips")
	skipped=$((skipped + n))
	skips="$skips$(sed "s|^ *|  $name: |" "$logs/skips")
"
}

# A check that is not installed is a failure, not a skip; only what Go's own tests skip is counted as skipped.
step deps tools/deps.sh go lab bench packages || exit 1
[ "$failed" = 0 ] || exit 1
export CGO_ENABLED=0
step lint make --no-print-directory lint
# The boots of e2e have a step of their own.
step race env CGO_ENABLED=1 BOOTLACE_SOAK="${BOOTLACE_SOAK:-2m}" go test -race -v -timeout 30m $(go list ./... | grep -v '/e2e$')
step scripts tools/fuzz_test.sh
step yaml tools/yaml.sh
step fuzz env FUZZTIME="${FUZZTIME:-3s}" sh tools/fuzz.sh
step build make --no-print-directory build
step packages tools/packages_test.sh
step e2e make --no-print-directory e2e

[ -z "$skips" ] || printf 'skipped:\n%s' "$skips"
[ -z "$failures" ] || echo "failed:$failures"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
