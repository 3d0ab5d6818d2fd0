#!/usr/bin/env bash
# Refreshes all locks; usage: lock.sh VENV [--upgrade]
# Hashes and versions only: no addresses, so that the repository names no registry (docs/decisions/0007).
# A lock holds for Python 3.11 and newer on every platform.
set -euo pipefail

uv=$1/bin/uv
shift
options=(--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links
         --no-annotate --no-header --quiet)
dev=requirements/dev.txt
layer=layers/dependencies/requirements.txt
authoring=layers/authoring/requirements.txt

"$uv" pip compile pyproject.toml --extra cli --extra deploy --group dev "${options[@]}" "$@" --output-file "$dev"
# The layers get the very versions that the tests ran with.
"$uv" pip compile pyproject.toml --constraint "$dev" "${options[@]}" "$@" --output-file "$layer"
# What checking and compiling need is a layer of its own, beside the other, so without what is there already.
all=$(mktemp)
trap 'rm -f "$all"' EXIT
"$uv" pip compile pyproject.toml --extra authoring --constraint "$dev" "${options[@]}" "$@" --output-file "$all"
awk 'NR == FNR { if (/^[a-z]/) there[$1] = 1; next } /^[a-z]/ { kept = !($1 in there) } kept' "$layer" "$all" >"$authoring"

if grep -nE '://|--(extra-)?index|--find-links|--trusted-host' "$dev" "$layer" "$authoring"; then
    echo "make lock: an address got into a lock" >&2
    exit 1
fi
