# `make` lists the targets. `make demo` and `make test` each work as the first command on a fresh machine with
# Python 3.11 or newer, git, Node 20 and npm.

PYTHON ?= python3
VENV ?= .venv
# The folder that `make cloud-up` deploys.
WORKSPACE ?= journeys
# How they get there with `make cloud-up`: deployed (with the stack, where it is empty), or published.
JOURNEYS ?=
# pytest's worker processes.
WORKERS ?= 2
# lambda: CPython 3.13 on aarch64; local: the Python of $(VENV).
LAYER_PLATFORM ?= lambda

BIN := $(VENV)/bin
LOCK := requirements/dev.txt
PYTHON_READY := $(VENV)/.installed
NODE_READY := node_modules/.installed
DEMO := build/demo

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup demo test house lint format types ci cloud cloud-up bench goldens docs lock layers local-layers synth clean pristine try-node

help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(PYTHON_READY) $(NODE_READY) ## install everything that is needed, into .venv and node_modules

$(PYTHON_READY): $(LOCK) pyproject.toml scripts/make_venv.sh scripts/install_locked.sh
	@echo "Setting up $(VENV) ..."
	@scripts/make_venv.sh "$(PYTHON)" "$(VENV)"
	@scripts/install_locked.sh "$(VENV)" "$(LOCK)"
	@touch $@

$(NODE_READY): package.json package-lock.json scripts/install_node_tools.sh
	@echo "Setting up node_modules ..."
	@scripts/install_node_tools.sh
	@touch $@

# The demo runs without the Node tools, so their absence must not stop it.
try-node:
	@$(MAKE) -s $(NODE_READY) || echo "Going on without the Node tools: only the tests need them."

demo: $(PYTHON_READY) try-node ## check, test, compile and simulate the sample journeys
	@mkdir -p $(DEMO)
	$(BIN)/sojourn check journeys
	$(BIN)/sojourn test journeys
	$(BIN)/sojourn compile journeys/abandoned-cart -o $(DEMO)/abandoned-cart.asl.json
	$(BIN)/sojourn simulate journeys --customers 1000 --days 30 --seed 1 --html $(DEMO)/report.html
	@echo "The report: $(DEMO)/report.html · the state machine: $(DEMO)/abandoned-cart.asl.json"

test: setup local-layers ## run every test but those on the embedded AWS, the house tests among them
	$(BIN)/python -m pytest -n $(WORKERS) --ignore=tests/cloud tests

cloud: setup local-layers ## deploy to the embedded AWS on this machine, and test what runs there
	$(BIN)/python -m pytest tests/cloud

cloud-up: setup local-layers ## deploy WORKSPACE (journeys) to the embedded AWS and leave it running; Ctrl-C ends it
	$(BIN)/python -m infra.local_cloud $(WORKSPACE) $(if $(JOURNEYS),--journeys $(JOURNEYS))

house: $(PYTHON_READY) ## run only the tests of how the code is kept: arrows, sizes, docstrings, no addresses
	$(BIN)/python -m pytest -q tests/house

lint: $(PYTHON_READY) ## ruff (rules and format) and the import arrows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

format: $(PYTHON_READY) ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(PYTHON_READY) ## mypy, strict
	$(BIN)/mypy

ci: lint types test cloud ## what .ci/run runs; touches no cloud but the embedded one

bench: setup ## measure what DESIGN gives a budget to; also written to build/bench.json
	$(BIN)/python -m bench

goldens: $(PYTHON_READY) ## write the golden files anew; read the difference before committing it
	$(BIN)/python -m pytest -q -m golden --update-goldens tests
	git status --short tests/golden

docs: $(PYTHON_READY) ## write the generated pages of docs/ anew
	$(BIN)/python scripts/write_findings_page.py docs/findings.md
	$(BIN)/python scripts/write_outbound_events.py docs
	$(BIN)/python scripts/write_inbound_events.py docs
	$(BIN)/python scripts/write_openapi.py docs
	$(BIN)/python scripts/write_faults_page.py docs/faults.md

lock: $(PYTHON_READY) ## refresh the locks after a change of dependencies (LOCK_FLAGS=--upgrade takes newer releases)
	scripts/lock.sh $(VENV) $(LOCK_FLAGS)

# The tests import every handler from the layers alone, and the embedded AWS runs on them.
local-layers: $(PYTHON_READY) ## build the layers for the Python of this machine
	@scripts/build_layers.sh $(VENV) local

synth: setup layers ## write the CloudFormation templates to build/cdk.out, offline
	node_modules/.bin/cdk synth --quiet

layers: $(PYTHON_READY) ## build the dependencies layer (LAYER_PLATFORM=local for this machine)
	scripts/build_layers.sh $(VENV) $(LAYER_PLATFORM)

clean: ## remove what was built and every cache
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find bench functions infra layers scripts tests -name __pycache__ -prune -exec rm -rf {} +

pristine: clean ## remove .venv and node_modules too
	rm -rf $(VENV) node_modules
