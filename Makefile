# The commands everybody needs. Options: PORT, DATA_DIR (run), ARGS (test, bench, fuzz, drill, eval), PYTHON (install).

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
DATA_DIR ?= .data
ARGS ?=

.PHONY: install run test check bench fuzz drill eval

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV); the first time takes some minutes."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input pip==26.3
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -c constraints.txt --group dev
	@touch $@

run: install
	@exec $(BIN)/python manage.py up --demo --port $(PORT) --data-dir $(DATA_DIR)

test: install
	@$(BIN)/python tests/run.py $(ARGS)

# A data directory of its own: checking needs keys, and must not make any where the product keeps its own.
check: export HELPDESK_DATA_DIR := .cache/check
check: install
	@mkdir -p .cache
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > .cache/lint-imports || { cat .cache/lint-imports; exit 1; }
	@$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@$(BIN)/djlint --quiet --lint templates

# Figures, written to docs/benchmarks.md.
bench: install
	@$(BIN)/python -m bench.speed $(ARGS)

# Damaged mails and webhooks through the code that reads real ones: ARGS="--count 5000 --seed 7" for fewer, and others.
fuzz: install
	@$(BIN)/python -m bench.fuzz $(ARGS)

# Everything killed once under load: ARGS="--messages 400" for a shorter one.
drill: install
	@$(BIN)/python -m bench.drill --messages 2000 $(ARGS)

# How well the tier-1 finds and how often it is wrong: ARGS="--wrong" lists each wrong answer.
eval: install
	@$(BIN)/python -m bench.quality $(ARGS)
