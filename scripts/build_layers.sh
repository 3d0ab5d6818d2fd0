#!/usr/bin/env bash
# Builds the dependencies layer without Docker; usage: build_layers.sh VENV PLATFORM
# PLATFORM is "lambda" (CPython 3.13 on aarch64) or "local" (the Python of VENV, for an embedded AWS that runs
# functions on this machine). The engine's layer needs no building: layers/engine is its content.
# Two builds from one lock are byte-identical, so a deployment publishes no layer version for nothing.
set -euo pipefail

bin=$1/bin
platform=$2
lock=layers/dependencies/requirements.txt
target=build/layers/dependencies

case $platform in
    lambda) selection=(--python-platform aarch64-manylinux_2_28 --python-version 3.13) ;;
    local) selection=(--python "$bin/python") ;;
    *) echo "make layers: LAYER_PLATFORM is \"lambda\" or \"local\", not \"$platform\"" >&2; exit 2 ;;
esac

rm -rf "$target"
mkdir -p "$target"
"$bin/uv" pip install --quiet --target "$target/python" "${selection[@]}" --only-binary :all: \
    --no-installer-metadata --link-mode copy --require-hashes -r "$lock"
# Two thirds of it are never read: scripts of the machine that built it, what a wheel carries by mistake, the place
# names of phone numbers, CEL's extension modules (sojourn.domain.condition uses the core only), and babel with its
# pytz (sojourn.domain.message imports python-liquid without them).
rm -rf "$target/python/"{bin,bazel-project,phonenumbers/geodata,cel_expr_python/ext,babel,pytz}
printf '%s\n' "$platform" >"$target/PLATFORM"
echo "build/layers/dependencies ($platform): $(du -sh "$target" | cut -f1)"
