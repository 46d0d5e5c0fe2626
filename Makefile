# Few targets. Everything lives in .venv, made from the hashed lock; uv is used where present, else venv and pip.
#
#   make demo    the demonstration workspace and its first answers
#   make test    the checks, then every test, against the installed wheel
#   make check   ruff, pyright, import-linter
#   make bench   start-up, questions, init: target beside measured
#   make lock    resolves requirements.lock again (needs uv)

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: demo test check bench lock install clean

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
WORKERS ?= 2
SOURCES := $(shell find assistant tools prompts -type f -not -path '*/__pycache__/*') pyproject.toml README.md LICENSE

# The first of these that is Python 3.11 or later.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

demo: install
	$(BIN)/segue demo

test: check
	$(BIN)/pytest -n $(WORKERS) tests

check: install
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/pyright --pythonpath $(BIN)/python

bench: install
	$(BIN)/python -m benchmarks $(BENCH)

lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet --upgrade --output-file requirements.lock

install: $(VENV)/.installed

# Dependencies, by hash, with bytecode compiled: start-up is measured that way.
$(VENV)/.locked: requirements.lock
	@test -n "$(PYTHON)" || { echo "Segue needs Python 3.11 or later on PATH." >&2; exit 1; }
ifneq ($(UV),)
	uv venv --quiet --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)
	uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock
else
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
endif
	@touch $@

# The wheel as users get it. build/ and the old list of files go first: a deleted module would come back in the next wheel.
$(VENV)/.installed: $(VENV)/.locked $(SOURCES)
	rm -rf build *.egg-info $(VENV)/wheel
	mkdir -p $(VENV)/wheel
	$(BIN)/python -c "from setuptools import build_meta; build_meta.build_wheel('$(VENV)/wheel')" >$(VENV)/wheel/build.log
	rm -rf build
ifneq ($(UV),)
	uv pip install --quiet --python $(BIN)/python --no-deps --reinstall --compile-bytecode $(VENV)/wheel/*.whl
else
	$(BIN)/python -m pip install --quiet --no-deps --force-reinstall $(VENV)/wheel/*.whl
endif
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info demo-workspace
