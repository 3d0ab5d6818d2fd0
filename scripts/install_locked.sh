#!/usr/bin/env bash
# Installs what the lock lists, by hash, and the project in place; usage: install_locked.sh VENV LOCK
# uv takes seconds where pip takes most of a minute, but pip alone knows a machine's mirrors and certificates:
# uv first, pip where uv cannot. Both refuse a file whose hash is not in the lock.
set -euo pipefail

venv=$1
lock=$2
bin=$venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

pip_install() { "$bin/python" -m pip install --quiet --only-binary :all: --require-hashes "$@"; }

# uv itself, from its own entry of the same lock.
own=$(mktemp)
trap 'rm -f "$own"' EXIT
awk '/^[A-Za-z0-9]/ { ours = /^uv==/ } ours' "$lock" >"$own"
pip_install -r "$own"

if ! "$bin/uv" pip install --quiet --python "$bin/python" --only-binary :all: --require-hashes -r "$lock"; then
    echo "make setup: uv could not fetch the dependencies; trying pip" >&2
    pip_install -r "$lock"
fi

# hatchling is in the lock, so nothing is fetched to build the project.
"$bin/python" -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
