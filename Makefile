# Every task of this project; `make help` lists them. Only Python 3.11 or later and make are needed.

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install demo test check bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## set up .venv from the hashed lock (a second call does nothing)
	@PYTHON="$(PYTHON)" sh .ci/install

demo: install ## play one resident's case with simulated creditors; ARGS="--check" runs it unattended
	@$(BIN)/gateway demo $(ARGS)

test: install ## run all tests; ARGS selects, for example ARGS="tests/domain -k money"
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: install ## format, lint, types, import contracts, documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -q tests/test_truth.py tests/test_size.py

bench: install ## measure CPU, latency and memory per exchange
	@$(BIN)/python -m tests.bench $(ARGS)

lock: install ## resolve the newest allowed dependencies into requirements.lock (needs uv on the PATH)
	@command -v uv >/dev/null 2>&1 || { echo "make lock needs uv: $(BIN)/pip install uv, or your system's package." >&2; exit 1; }
	@uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
		--extra dev \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

clean: ## remove what was made here: .venv, caches, the demo's output
	rm -rf $(VENV) .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
