# `make demo` and `make test` do all the set-up; each works first, alone, on a fresh clone.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
CHECKED := retouch tests benchmarks examples
OUT ?= demo-out

.PHONY: help demo test test-full check lint types format bench pictures fonts browser clean

help:
	@echo "make demo    set up, then paint a flawed page of calligraphy and repair it"
	@echo "make test    set up what the tests need, then run them all"
	@echo "make test-full   the same with the full number of rounds of the slow ones; can take hours"
	@echo "make check   lint, types and tests"
	@echo "make bench   the measurements of docs/benchmarks.md, some minutes each"
	@echo "make pictures   the screenshots of docs/review.md, made by the tests of the page"
	@echo "make fonts   make sure of the system packages (fonts)"

# Exit code 3 says that faults are left; the table tells which.
demo: $(VENV)/.core fonts
	$(BIN)/retouch demo --out $(OUT) || [ $$? = 3 ]

test: $(VENV)/.test fonts browser
	$(BIN)/python -m pytest $(PYTEST)

# The slow tests (crashes, damage, laws) with the full number of rounds, the laws on new examples each time.
test-full: $(VENV)/.test fonts browser
	RETOUCH_TEST_FULL=1 $(BIN)/python -m pytest $(PYTEST)

check: lint types test

lint: $(VENV)/.test
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/ruff format --check $(CHECKED)

format: $(VENV)/.test
	$(BIN)/ruff check --fix $(CHECKED)
	$(BIN)/ruff format $(CHECKED)

types: $(VENV)/.test
	$(BIN)/mypy

bench: $(VENV)/.bench fonts browser
	for name in finding gate repair real cost history remote framing loop review; do $(BIN)/python -m benchmarks.$$name || exit; done

pictures: $(VENV)/.test fonts browser
	$(BIN)/python -m pytest tests/interfaces/browser/test_guide.py
	$(BIN)/python scripts/pack-screenshots

# A stamp is made when a step has succeeded, so it is not done again until what it depends on changes.
$(VENV)/.made:
	python=$$(scripts/find-python) && "$$python" -m venv $(VENV)
	touch $@

$(VENV)/.core: pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -e .
	touch $@

# torch first and alone: of this version the plain build for processors serves, and nothing else may choose another.
$(VENV)/.test: pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off torch==2.13.0
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -e '.[test]'
	touch $@ $(VENV)/.core

$(VENV)/.bench: pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -e '.[bench]'
	touch $@ $(VENV)/.core

# Fonts that could not be installed are named and asked for again next time; work goes on with those there are.
fonts: $(VENV)/.fonts

$(VENV)/.fonts: system-packages.txt | $(VENV)/.made
	if scripts/system-packages; then touch $@; fi

# The tests of the review page look at it in chromium; where it cannot be had they are skipped.
browser: $(VENV)/.browser

$(VENV)/.browser: system-packages-test.txt | $(VENV)/.made
	if scripts/system-packages system-packages-test.txt; then touch $@; fi

clean:
	rm -rf $(VENV) build dist demo-out *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
