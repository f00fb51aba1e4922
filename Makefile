# Sereno. `make help` tells what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
UV_VERSION := 0.13.8
BIN := .venv/bin
UI_BUILT := src/sereno/front/static/index.html
UI_SOURCES := $(shell find ui -type f -not -path '*/node_modules/*' 2>/dev/null)
DEMO_PORT ?= 8080

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

# --- set-up -------------------------------------------------------------------------------------

.PHONY: setup
setup: $(BIN)/.ready $(UI_BUILT) ## Everything needed to run from this folder

$(BIN)/.ready: requirements.lock pyproject.toml
	@tools/need python3-venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version)." >&2; exit 1; }
	@echo "Setting up Python packages in .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --editable .
	@touch $@

ui/node_modules/.ready: ui/package-lock.json $(BIN)/.ready
	@echo "Setting up the interface's packages in ui/node_modules"
	@cd ui && ../tools/node npm ci --no-fund --no-audit --loglevel=error
	@touch $@

$(UI_BUILT): ui/node_modules/.ready $(UI_SOURCES)
	@echo "Building the interface"
	@cd ui && ../tools/node npm run --silent build
	@touch $@

# A browser; a second RTSP server; tools that make disks, clocks and calls fail; other
# players and readers.
.PHONY: packages
packages:
	@tools/need chromium fonts-dejavu-core \
	  python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
	  gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-tools iproute2 \
	  strace xfsprogs libfaketime mediainfo vlc-bin vlc-plugin-base

# --- run ----------------------------------------------------------------------------------------

.PHONY: demo
demo: setup ## Record, show and play back eight simulated cameras (DEMO_SECONDS=60 stops by itself)
	@SERENO_DATA=.demo $(BIN)/sereno up --demo --port $(DEMO_PORT)

# --- check --------------------------------------------------------------------------------------

.PHONY: lint
lint: $(BIN)/.ready ## Style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.PHONY: check
check: lint ## Lint, types, import rules, unit tests: a minute or two
	$(BIN)/pytest -q tests/house tests/rooms/base tests/rooms/policy tests/rooms/wire

.PHONY: test
test: setup packages lint ui-test ## Everything
	$(BIN)/pytest -q -n 2 --dist loadfile tests/house tests/rooms tests/contracts tests/gstreamer tests/fuzz
	$(BIN)/pytest -q tests/journeys

FUZZ_SECONDS ?= 60
FUZZ_TARGETS := h264 h265 connection segment header index messages session_description reports \
  isapi isapi_events onvif dahua dahua_events footage discovery strangers

.PHONY: fuzz
fuzz: $(BIN)/.ready ## Coverage-guided fuzzing of all that reads bytes from outside, FUZZ_SECONDS each
	@$(BIN)/uv pip install --quiet atheris
	@for target in $(FUZZ_TARGETS); do \
	  echo "Fuzzing $$target for $(FUZZ_SECONDS) s"; \
	  $(BIN)/python -m tests.fuzz $$target -max_total_time=$(FUZZ_SECONDS) -max_len=8192 \
	    -artifact_prefix=/tmp/sereno-fuzz- -verbosity=0 || exit 1; \
	done

.PHONY: ui-test
ui-test: ui/node_modules/.ready
	cd ui && ../tools/node npm run --silent check
	cd ui && ../tools/node npm test --silent

.PHONY: bench
bench: setup ## The benchmarks, each beside what a user would pick instead
	$(BIN)/python -m bench

.PHONY: soak
soak: setup packages ## The long loops at full length; takes hours (SERENO_SOAK_SECONDS=120 for less)
	SERENO_SOAK=1 $(BIN)/pytest -s tests/journeys tests/rooms/node/test_convergence.py tests/rooms/node/test_storm.py

# --- maintain -----------------------------------------------------------------------------------

.PHONY: lock
lock: $(BIN)/.ready ## Resolve the dependencies of pyproject.toml anew
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --quiet \
	  --custom-compile-command "make lock" --output-file requirements.lock

.PHONY: api
api: $(BIN)/.ready ui/node_modules/.ready ## Make the interface's types of the API anew
	$(BIN)/python -m sereno.hub.openapi > ui/src/api/openapi.json
	cd ui && ../tools/node npm run --silent api

.PHONY: licences
licences: $(BIN)/.ready ## The licence of every package of the lock
	@$(BIN)/pip-licenses --order=license

.PHONY: wheel
wheel: setup ## The package with the built interface, in dist/
	$(BIN)/uv build --wheel --quiet --out-dir dist

.PHONY: clean
clean: ## Remove what was built, and the demo's data
	rm -rf .venv .cache .demo ui/node_modules src/sereno/front/static dist build
