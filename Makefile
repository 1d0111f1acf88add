# Truegrowth. `make` alone lists what there is.

PYTHON  ?= python3
WORKERS ?= auto
VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PARTS    = $(wildcard *.py) $(sort $(dir $(wildcard */*.py)))

.DEFAULT_GOAL := help
.PHONY: help run setup test lint format types audit bench soak chromium clean
.NOTPARALLEL:

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## start the dashboard and the snapshot job (PORT=8501)
	@exec $(BIN)/python run.py

setup: $(VENV)/.runtime ## install, and create or upgrade the database
	@$(BIN)/python -m snapshot_core setup

test: lint types chromium ## check everything: style, types, and all tests
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4 --dist worksteal

lint: $(VENV)/.dev ## check style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(VENV)/.dev ## put style right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(VENV)/.dev ## check types
	@$(BIN)/mypy $(PARTS)

audit: $(VENV)/.dev ## ask whether a pinned package was withdrawn or is known to be vulnerable
	@$(BIN)/python -m tests.support.audit

bench: $(VENV)/.dev ## run the benchmarks
	@$(BIN)/python -m benchmarks

soak: $(VENV)/.dev ## run the long simulations and many random examples
	@$(BIN)/python -m pytest -m "soak or longer" -o faulthandler_timeout=3600 --hypothesis-profile soak -n $(WORKERS) --maxprocesses 4

clean: ## remove what can be made again; your data stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- What the targets above need ---------------------------------------------------------------
# A stamp file is written after each step has succeeded, so that an interrupted step is done again
# and a finished one is not.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Truegrowth needs Python 3.11 or newer and '$(PYTHON)' is not: install one and name it, as in 'make $(or $(firstword $(MAKECMDGOALS)),run) PYTHON=python3.12'." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing: install it (Debian, Ubuntu: apt install python3-venv) and try again." >&2; exit 1; }
	@echo "Making $(VENV); the first time takes a minute or two."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.txt
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@$(PIP) -r requirements-dev.txt
	@touch $@

# The distribution's Chromium, where there is none yet and we may install it. Without one the
# browser tests are skipped and say so (with CI=true they fail).
chromium: $(VENV)/.dev
	@$(BIN)/python -m tests.support.chromium || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && export DEBIAN_FRONTEND=noninteractive && \
	  echo "Installing Chromium for the browser tests." && apt-get update -qq && \
	  apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null; } || \
	  echo "No Chromium could be installed: set CHROMIUM to the path of one to run the browser tests."
