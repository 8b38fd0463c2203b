# Every target is a verb of dev.py, which needs nothing but Python; ARGS goes on to it: make test ARGS="-k award".
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: run test prove bench setup lock clean help

run:  ## start LabPark with its demo park at http://127.0.0.1:8000
	@$(PYTHON) dev.py run $(ARGS)

test:  ## inspect the code, then run all tests on SQLite and PostgreSQL
	@$(PYTHON) dev.py test $(ARGS)

prove:  ## races, crashes and laws over many rounds; the log goes to docs/proof/
	@$(PYTHON) dev.py prove $(ARGS)

bench:  ## measure
	@$(PYTHON) dev.py bench $(ARGS)

setup:  ## make .venv and install everything, without starting anything
	@$(PYTHON) dev.py setup $(ARGS)

lock:  ## write requirements*.txt anew from requirements*.in
	@$(PYTHON) dev.py lock $(ARGS)

clean:  ## remove what the inspectors and tests left behind (.venv and instance stay)
	@$(PYTHON) dev.py clean $(ARGS)

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1	/' | expand -t 14
