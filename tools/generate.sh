#!/bin/sh
# Runs go generate and fails if that changes a file: what is made from the code is as the code has it.
set -eu
cd "$(dirname "$0")/.."
state() { git diff; git status --porcelain; }
before=$(state)
"${GO:-go}" generate ./...
[ "$before" = "$(state)" ] || { echo "go generate changed files: look at them and commit them" >&2; git status --short >&2; exit 1; }
