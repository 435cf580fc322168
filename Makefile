# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Every target is a step of tests/run.py, which makes the virtualenvs that it needs in .venv/ and keeps them.

# Shims of version managers may be there and not run: take the first interpreter that really does.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3.14 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
PYTHON := $(or $(PYTHON),$(error Python 3.11 or later is needed))
RUN := $(PYTHON) -m tests.run

SERVER ?= xivo-2018
PORT ?= 8080
ARGS ?=
# For unit, integration and sanity: a release of ansible-core other than the newest, and the Python for it.
CORE ?=
WITH ?=
OTHER := $(if $(CORE),--core $(CORE)) $(if $(WITH),--python $(WITH))

.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14
	@echo 'SERVER is xivo-2018, xivo-16.15, wazo-22.13 or wazo-26.09.'

demo: ## apply the reference department to a simulated server, twice [SERVER=xivo-2018]
	@$(RUN) demo --server $(SERVER)

simulator: ## start a simulated server [SERVER=xivo-2018 PORT=8080]
	@$(RUN) simulator --server $(SERVER) --port $(PORT)

test: ## everything below, with a summary
	@$(RUN) test

lint: ## ruff, yamllint, ansible-lint, mypy, licences, .github, and imports on every Python there is
	@$(RUN) lint

contract: ## replay the recordings of real servers against the simulator [ARGS=...]
	@$(RUN) contract $(ARGS)

unit: ## unit tests, on the newest ansible-core or on CORE [ARGS="-k range" CORE=2.18 WITH=3.12]
	@$(RUN) unit $(OTHER) $(ARGS)

integration: ## integration tests against one simulated server [SERVER=xivo-2018 ARGS=xivo_context]
	@$(RUN) integration --server $(SERVER) $(OTHER) $(ARGS)

bench: ## what it costs, on a simulated server, or a real one by XIVO_HOST [SERVER=xivo-2018 ARGS="--rounds 5"]
	@$(RUN) bench --server $(SERVER) $(ARGS)

fleet: ## run the example project on many simulated servers [ARGS="-k fifty"]
	@$(RUN) fleet $(ARGS)

awx: ## set up a stand-in for AWX, and run its jobs [ARGS="-k department"]
	@$(RUN) awx $(ARGS)

pages: ## look at the site and the report in a browser, which must be here (Chromium) [ARGS="-k report"]
	@$(RUN) pages $(ARGS)

sanity: ## ansible-test sanity
	@$(RUN) sanity $(OTHER) $(ARGS)

docs: ## build the documentation site, in .venv/site
	@$(RUN) docs

docs-examples: ## run the examples of the documentation [ARGS="-k README"]
	@$(RUN) docs-examples $(ARGS)

docs-lint: ## the plugins' documentation and the changelog
	@$(RUN) docs-lint

package: ## build the tarball, and have galaxy-importer look at it
	@$(RUN) package

clean: ## remove what these targets have made
	rm -rf .venv

.PHONY: help demo simulator test lint contract unit integration bench fleet awx pages sanity docs docs-examples docs-lint package clean
