#!/bin/sh
# Tries tools/fuzz.sh with a program in place of go that ends as Go's fuzzing was seen to end.
set -eu
script=$(cd "$(dirname "$0")" && pwd)/fuzz.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
git init -q .
printf 'package a\n\nfunc FuzzOne(f *testing.F) {}\n' >a_test.go
git add a_test.go

# The first go test ends as the file "first" says, which may also write an input; the others are well.
cat >go <<'GO'
#!/bin/sh
echo run >>runs
[ ! -e always ] && [ "$(wc -l <runs)" -gt 1 ] && { echo ok; exit 0; }
[ ! -e input ] || { mkdir -p testdata/fuzz/FuzzOne && echo x >testdata/fuzz/FuzzOne/1; }
cat first
exit 1
GO
chmod +x go

# expect WHAT OUTCOME RUNS: fuzz.sh ends well or fails after so many runs of the target.
expect() {
	if GO="$work/go" sh "$script" >log 2>&1; then outcome=ok; else outcome=fails; fi
	got="$outcome $(wc -l <runs)"
	[ "$got" = "$2 $3" ] || { echo "FAIL: $1: $got, want $2 $3"; cat log; exit 1; }
	rm -rf runs always input testdata
	echo "ok: $1"
}

deadline='--- FAIL: FuzzOne (3.20s)
    context deadline exceeded
FAIL
exit status 1
FAIL	a	3.202s'
echo "fuzz: elapsed: 3s, execs: 40304 (0/sec)
$deadline" >first
expect "the end of the time is no finding" ok 2
touch always
expect "a target that never ends otherwise" fails 5
touch input
expect "an input was written" fails 1
echo "$deadline" | sed 's/    context.*/    --- FAIL: FuzzOne (0.00s)\n        a_test.go:3: context deadline exceeded\n    Failing input written to testdata\/fuzz\/FuzzOne\/1/' >first
expect "a target that speaks of a deadline itself" fails 1
echo "$deadline" | sed 's/context.*/fuzzing process hung or terminated unexpectedly: exit status 2/' >first
expect "another failure" fails 1
echo "a_test.go:3:15: undefined: testing" >first
expect "what does not compile" fails 1
