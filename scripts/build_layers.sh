#!/usr/bin/env bash
# Builds the layers of what others wrote, without Docker; usage: build_layers.sh VENV PLATFORM
# PLATFORM is "lambda" (CPython 3.13 on aarch64) or "local" (the Python of VENV, for an embedded AWS that runs
# functions on this machine). Each has a folder of its own, build/layers/PLATFORM, so neither is in the other's way.
# The engine's layer needs no building: infra/packaging.py copies layers/engine without what is not shipped.
# Two builds from one lock are byte-identical, so a deployment publishes no layer version for nothing.
set -euo pipefail

bin=$1/bin
platform=$2
locks=(layers/dependencies/requirements.txt layers/authoring/requirements.txt)
target=build/layers/$platform

case $platform in
    lambda) selection=(--python-platform aarch64-manylinux_2_28 --python-version 3.13) ;;
    local) selection=(--python "$bin/python") ;;
    *) echo "make layers: LAYER_PLATFORM is \"lambda\" or \"local\", not \"$platform\"" >&2; exit 2 ;;
esac

rm -rf "$target"
mkdir -p "$target"
# install_layer NAME: unpack what layers/NAME locks.
# aws-xray-sdk asks for botocore, and botocore for urllib3: Lambda's runtime brings both with boto3, and they would be
# half of the layer. What is left is complete, so nothing needs to be resolved; every hash is still checked.
install_layer() {
    awk '/^[a-z]/ { kept = $0 !~ /^(boto3|botocore|s3transfer|urllib3)==/ } kept' "layers/$1/requirements.txt" \
        >"$target/$1.txt"
    "$bin/uv" pip install --quiet --target "$target/$1/python" "${selection[@]}" --only-binary :all: --no-deps \
        --no-installer-metadata --link-mode copy --require-hashes -r "$target/$1.txt"
}
install_layer dependencies
install_layer authoring
# Much of it is never read: scripts of the machine that built it, what a wheel carries by mistake, the place
# names of phone numbers, CEL's extension modules (sojourn.domain.condition uses the core only), and babel with its
# pytz (sojourn.domain.message imports python-liquid without them).
rm -rf "$target/dependencies/python/"{bin,bazel-project,phonenumbers/geodata,cel_expr_python/ext,babel,pytz}
if [ "$platform" = local ]; then
    # What Lambda's runtime brings, in a folder of its own: links to this machine's, and nothing besides.
    site=$("$bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    mkdir -p "$target/runtime/python"
    for name in boto3 botocore s3transfer urllib3 jmespath dateutil six.py; do
        ln -s "$site/$name" "$target/runtime/python/$name"
    done
fi
# What infra/packaging.py asks before it deploys: the platform, and which locks it was.
printf '%s %s\n' "$platform" "$(cat "${locks[@]}" | "$bin/python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')" \
    >"$target/BUILT"
du -sh "$target"/{dependencies,authoring} | awk '{ print $2 ": " $1 }'
