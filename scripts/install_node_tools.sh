#!/usr/bin/env bash
# Installs the Node development tools that package-lock.json lists: a checker and a second interpreter of the
# Amazon States Language, and a client of the tracking API. Tests use them; nothing else needs them.
set -euo pipefail

if ! command -v npm >/dev/null 2>&1; then
    echo "make setup: there is no npm here. The tests compare against Node tools: install Node 20 or newer." >&2
    exit 1
fi
exec npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
