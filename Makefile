# What one does here, a line each: `make` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Three processes by default: on two cores one of them mostly waits for a service, a browser or a server that it started.
# `make test JOBS=0` runs in one.
JOBS ?= 3
TESTS ?=

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: $(INSTALLED) ## set up .venv/ from the lock, and nothing else

$(INSTALLED): requirements-dev.lock pyproject.toml
	@PYTHON="$(PYTHON)" bash .ci/python-ready
	test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(INSTALLED)

.PHONY: install-production
install-production: ## set up .venv/ for a server: only what production needs (VENV=... for another place)
	@PYTHON="$(PYTHON)" bash .ci/python-ready
	test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	# What an earlier build left would be taken in too.
	rm -rf build
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation .
	rm -rf build

# Of Debian's Python, which the package goes on with. Whoever keeps packages of their own counts them: REVISION=2
DEBIAN_PYTHON ?= /usr/bin/python3
REVISION ?= $(shell git rev-list --count HEAD 2>/dev/null || echo 1)

.PHONY: deb
deb: ## make the Debian package, in dist/ (REVISION=... behind the version; the number of commits without)
	@PYTHON="$(DEBIAN_PYTHON)" bash .ci/python-ready
	@PYTHON="$(DEBIAN_PYTHON)" REVISION="$(REVISION)" bash packaging/make-deb

.PHONY: walk
walk: install ## type the pages on running a server on an empty Debian, with the package (as root, with debootstrap)
	@$(BIN)/python -c "from tests.packaging.machine import require; require()"
	@$(MAKE) --no-print-directory deb
	$(BIN)/python -m tests.packaging.walk

.PHONY: run
run: install ## load the demonstration archive where the database is empty, print the scorecard, serve the pages
	$(BIN)/recount demo
	@exec $(BIN)/recount serve

.PHONY: test
test: install ## run the whole suite, on SQLite and on PostgreSQL (TESTS=... for a part of it)
	@bash .ci/postgres-ready
	@bash .ci/chromium-ready
	@bash .ci/faketime-ready
	# A file stays with one process, since what its tests share is made once in each that runs some of them.
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(TESTS)

.PHONY: check
check: install ## lint, format, types, layers, documentation, lock
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@echo "Exceptions to the layers of web/: $$(sed -n "/^ignore_imports = \[/,/^\]/p" pyproject.toml | grep -c "\"web\.")"
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html
	@if grep -nE 'https?://|--(extra-)?index|--find-links' requirements.lock requirements-dev.lock requirements-national.lock requirements-peers.lock requirements-spark.lock; then \
		echo "A lock names an address: make both again with 'make lock'" >&2; exit 1; fi

.PHONY: check-production
check-production: ## set up what production needs in an environment of its own, load the demonstration there, serve a page
	@PYTHON="$(PYTHON)" bash .ci/production-stands

.PHONY: bench
bench: install ## print the benchmarks, each beside its yardstick
	$(BIN)/python -m tests.benchmarks

# For one part, or more councils: .venv/bin/python -m tests.benchmarks.postgresql --only NAME --sizes 1 4 --archives FOLDER
.PHONY: bench-postgres
bench-postgres: install ## print PostgreSQL beside SQLite: the same archive, files and questions on both, in turn
	@bash .ci/postgres-ready
	$(BIN)/python -m tests.benchmarks.postgresql

# For one part: .venv/bin/python -m tests.benchmarks.scale --only NAME --sizes 1 4 --archives FOLDER
.PHONY: scale
scale: install ## print how it grows: the benchmarks' archive once, 4 and 16 times
	$(BIN)/python -m tests.benchmarks.scale

# In an environment of its own. For an archive that is there: .venv-peers/bin/python -m tests.peers --archive FOLDER
.PHONY: peers
peers: ## print what other ways of counting need for the same triangle, and where they differ
	@PYTHON="$(PYTHON)" bash .ci/python-ready
	test -x .venv-peers/bin/pip || $(PYTHON) -m venv --clear .venv-peers
	.venv-peers/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.lock
	.venv-peers/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	.venv-peers/bin/python -m tests.peers

# What the suite needs and what Spark needs, in an environment of its own.
.PHONY: spark
spark: ## rebuild on a Spark cluster of two workers, one killed midway, and compare each row (needs Java)
	@bash .ci/java-ready
	@PYTHON="$(PYTHON)" bash .ci/python-ready
	@bash .ci/postgres-ready
	test -x .venv-spark/bin/pip || $(PYTHON) -m venv --clear .venv-spark
	.venv-spark/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	.venv-spark/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	.venv-spark/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	.venv-spark/bin/python -m pytest -n 0 --timeout 1200 tests/spark

# Of each kind on each database; there are nine in the test that kills whatever can be killed.
KILLS ?= 23

.PHONY: faults
faults: install ## kill, cut, fill up and set back, 200 times and more, and print what it came to (KILLS=... of a kind)
	@bash .ci/postgres-ready
	@bash .ci/faketime-ready
	RECOUNT_KILLS=$(KILLS) $(BIN)/python -m pytest -n 0 -q --timeout 7200 tests/faults

.PHONY: soak
soak: install ## send months of files to the running service while many ask, for two minutes (RECOUNT_SOAK_SECONDS)
	$(BIN)/python -m tests.faults.soak

.PHONY: fuzz
fuzz: install ## look for bytes and requests that break something, for half an hour (RECOUNT_FUZZ_SECONDS for the bytes)
	$(BIN)/python -m tests.fuzz $${RECOUNT_FUZZ_SECONDS:-1200}
	RECOUNT_HOSTILE=1 RECOUNT_EVERY_LINK=2 RECOUNT_DESCRIBED=20 $(BIN)/python -m pytest -n 0 tests/fuzz tests/web/test_hostile.py tests/web/test_every_link.py tests/web/test_described.py

.PHONY: docs
docs: install ## build the documentation into docs/_build/html
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

.PHONY: frontend
frontend: ## build the pages' stylesheet and scripts anew into web/static/ (needs node and npm)
	cd web/frontend && npm ci && npm run build

.PHONY: screenshots
screenshots: install ## take the pictures of the pages in docs/pictures/ anew
	@bash .ci/chromium-ready
	$(BIN)/python docs/screenshots.py

.PHONY: golden
golden: install ## write the golden files of the tests anew (then read the difference)
	RECOUNT_WRITE_GOLDEN=1 $(BIN)/python -m pytest -n 0 tests/golden "tests/web/test_subject_access.py::test_the_document_is_as_it_was_read" "tests/web/test_committee_report.py::test_the_report_of_july_is_as_it_was_read"

.PHONY: lock
lock: ## make the locks anew from pyproject.toml; versions that still fit stay
	@PYTHON="$(PYTHON)" bash .ci/lock

.PHONY: lock-upgrade
lock-upgrade: ## make the locks anew with the newest versions
	@PYTHON="$(PYTHON)" bash .ci/lock --upgrade

.PHONY: clean
clean: ## remove what was built: .venv/, caches, built documentation (never var/, the database)
	rm -rf $(VENV) .venv-peers .venv-spark build *.egg-info docs/_build web/frontend/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find domain projections web tests -name __pycache__ -type d -prune -exec rm -rf {} +
