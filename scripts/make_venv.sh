#!/usr/bin/env bash
# Makes the virtual environment that everything else runs in; usage: make_venv.sh PYTHON VENV
# Does nothing where a working one stands. Debian ships Python without ensurepip, so a plain `python3 -m venv`
# fails on a fresh machine: this is where that is mended or explained.
set -euo pipefail

python=$1
venv=$2

say() { printf '%s\n' "make setup: $*" >&2; }

if ! command -v "$python" >/dev/null 2>&1; then
    say "there is no \"$python\" here. Install Python 3.11 or newer, or name one: make setup PYTHON=python3.12"
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "\"$python\" is $("$python" -V 2>&1), Sojourn needs 3.11 or newer. Name one: make setup PYTHON=python3.12"
    exit 1
fi
if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi
if "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    exec "$python" -m venv --clear "$venv"
fi

package=$("$python" -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))')
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "\"$python\" lacks ensurepip; installing the Debian package $package"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 ||
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$package" >/dev/null; }
    exec "$python" -m venv --clear "$venv"
fi
if "$python" -m pip --version >/dev/null 2>&1; then
    say "\"$python\" lacks ensurepip; taking pip from the machine's own pip"
    "$python" -m venv --clear --without-pip "$venv"
    exec "$python" -m pip --python "$venv/bin/python" install --quiet pip
fi
say "\"$python\" cannot make virtual environments here. Run: sudo apt-get install $package"
exit 1
