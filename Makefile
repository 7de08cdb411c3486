# mmexplore: `make run` starts the dashboard, `make test` runs every check. Both need Python 3.11 or newer and make, no more.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run dev test lint format install install-dev hostile bench load soak clean

VENV := .venv
PY := $(VENV)/bin/python
# PYTHON=/path/to/python3.12 chooses the interpreter that makes .venv; PORT=8600 the dashboard's port (default: 8501, or
# the next free one); WORKERS=0 runs the tests in one process; DEVICE=cuda puts the tensors and networks of tests and
# benchmarks on a GPU; ARGS=... goes to pytest, the dashboard or the benchmark (make bench ARGS=all: every benchmark).
PYTHON ?=
PORT ?=
WORKERS ?= 2
DEVICE ?= cpu
ARGS ?=
PIP := $(PY) -m pip --disable-pip-version-check
SOURCES := mmexplore pages tests benchmarks $(wildcard app.py)
# One thread a process: small matrix work is slower on several, and the test processes share the cores.
ONE_THREAD := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1

help:  ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

# The interpreter: the first of these that runs and is new enough. A half-made environment is removed again.
$(PY):
	@found=""; \
	for candidate in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.14 python); do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found="$$candidate"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "mmexplore needs Python 3.11 or newer; found: $$($(or $(PYTHON),python3) --version 2>&1 || true). Install one, or name it: make run PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import venv, ensurepip' >/dev/null 2>&1; then \
		echo "$$found cannot make virtual environments: its venv module is missing. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

# Stamps hold the requirements they were made from, so that a second call is instant and a changed pin is noticed.
define install_from
	@if [ ! -e $(PY) ] || ! $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		echo "The environment in $(VENV) does not run Python 3.11 or newer: make clean, then try again" >&2; exit 1; \
	fi
	@cat $(1) > $(VENV)/.wanted
	@if ! cmp -s $(VENV)/.wanted $(2); then \
		echo "Installing $(firstword $(1)) (once)"; \
		$(PIP) install --quiet $(foreach file,$(1),-r $(file)) && mv $(VENV)/.wanted $(2) \
			|| { echo "Installing $(firstword $(1)) failed: see the message above; the next make tries again" >&2; exit 1; }; \
	else rm -f $(VENV)/.wanted; fi
endef

install: $(PY)  ## Make .venv and install what the dashboard needs, and mmexplore itself from this folder
	$(call install_from,requirements.txt,$(VENV)/.installed)
	@cmp -s pyproject.toml $(VENV)/.package || { $(PIP) install --quiet --no-deps --editable . && cp pyproject.toml $(VENV)/.package; }

install-dev: install  ## ... and what the tests, linters and benchmarks need
	$(call install_from,requirements-dev.txt requirements.txt,$(VENV)/.installed-dev)

run: install  ## Start the dashboard on 127.0.0.1 and print its address (PORT=8600 to choose)
	@exec $(PY) -m mmexplore serve $(if $(PORT),--port $(PORT)) $(ARGS)

dev: install  ## ... and rerun it when a file changes
	@exec $(PY) -m mmexplore serve --watch $(if $(PORT),--port $(PORT)) $(ARGS)

test: lint  ## Lint, then the whole suite (ARGS="-k gates" for a part, DEVICE=cuda on a GPU)
	@$(ONE_THREAD) $(PY) -m pytest -rs --device $(DEVICE) $(if $(filter-out 0,$(WORKERS)),-n $(WORKERS) --dist loadfile) $(ARGS)

hostile: install-dev  ## The long tests of failing machines and hostile visitors (minutes)
	@$(ONE_THREAD) $(PY) -m pytest -rs --device $(DEVICE) -m long tests/hostile $(ARGS)

lint: install-dev  ## ruff (rules and format) and mypy
	@$(PY) -m ruff check --quiet $(SOURCES)
	@$(PY) -m ruff format --check --quiet $(SOURCES) || { echo "Not formatted as ruff would: make format" >&2; exit 1; }
	@$(PY) -m mypy --no-error-summary

format: install-dev  ## Let ruff format and repair what it can
	@$(PY) -m ruff check --fix --quiet $(SOURCES); $(PY) -m ruff format --quiet $(SOURCES)

bench: install-dev  ## The solver beside its peers: times, ratios, gaps (ARGS=knob, ARGS=all, DEVICE=cuda)
	@$(ONE_THREAD) $(PY) -m benchmarks --device $(DEVICE) $(ARGS)

load: install-dev  ## 1, 10, 30 and 100 clients at once on the real pages, a minute each (ARGS="--pages knob,runs")
	@$(PY) -m benchmarks.load --device $(DEVICE) $(ARGS)

soak: install-dev  ## Ten minutes of visitors who come, bring files, train and leave: memory stays flat (ARGS="--minutes 3")
	@$(PY) -m benchmarks.soak $(ARGS)

clean:  ## Remove .venv and every cache
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
