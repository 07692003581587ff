# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything sets itself up: a fresh machine needs Python 3.11 or newer and make.

VENV := .venv
PYTHON_IN_VENV := $(VENV)/bin/python
PIP_INSTALL = $(PYTHON_IN_VENV) -m pip install -qq --disable-pip-version-check
REQUIREMENTS := tests/requirements

COLLECTIONS := build/collections
INSTALLED := $(COLLECTIONS)/ansible_collections/netops/keepalive/MANIFEST.json
# Folders are listed too: one is newer than the tarball when a file in it was added or taken away.
# (`docs/.` because plain `docs` is the name of a target.)
COLLECTION_FILES := $(wildcard galaxy.yml README.md CHANGELOG.md REUSE.toml) $(shell \
	find $(addsuffix /.,$(wildcard LICENSES changelogs docs examples meta playbooks plugins roles)) \
	-name __pycache__ -prune -o -name '.*.*' -prune -o -print)

export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(COLLECTIONS)
export PYTHON

.PHONY: help demo test shards long lint bench docs build clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    a policy on a throw-away host: set, shown, broken and caught; no root needed"
	@echo "make test    every test that this machine can run; PYTEST_ARGS='tests/unit -k plan' runs some"
	@echo "make shards  the same tests, side by side in several processes; SHARDS='unit roles' runs some"
	@echo "make long    what takes long and rarely breaks; writes its result into the documentation; LONG_ARGS='-k kernels' runs some"
	@echo "make lint    the checks alone (tests/checks)"
	@echo "make bench   the speed of everything, against its rivals in the same run"
	@echo "make docs    the documentation as a site: build/docs/index.html"
	@echo "make build   the collection's tarball, and its installation in $(COLLECTIONS)"
	@echo "make clean   removes $(VENV) and build/"

demo: build
	@$(PYTHON_IN_VENV) demo/run

test: build $(VENV)/.test
	@$(PYTHON_IN_VENV) -m pytest $(PYTEST_ARGS)

shards: build $(VENV)/.test
	@$(PYTHON_IN_VENV) -m tests.support.shards $(SHARDS)

long: build $(VENV)/.test
	@$(PYTHON_IN_VENV) -m tests.support.shards.long $(LONG_ARGS)

lint: build $(VENV)/.test
	@$(PYTHON_IN_VENV) -m pytest tests/checks $(PYTEST_ARGS)

bench: build $(VENV)/.test
	@met=0; \
	$(PYTHON_IN_VENV) -m benchmarks $(BENCH_ARGS) || met=1; \
	$(PYTHON_IN_VENV) -m benchmarks.roles || met=1; \
	PYTHONPATH=$(COLLECTIONS) $(PYTHON_IN_VENV) -m benchmarks.merge || met=1; \
	$(PYTHON_IN_VENV) -m benchmarks.controller || met=1; \
	$(PYTHON_IN_VENV) -m benchmarks probe || met=1; \
	$(PYTHON_IN_VENV) -m benchmarks.probe_dead_peer || met=1; \
	$(PYTHON_IN_VENV) -m benchmarks.always || met=1; \
	$(PYTHON_IN_VENV) -m benchmarks.windows || met=1; \
	exit $$met

docs: build $(VENV)/.docs
	@$(PYTHON_IN_VENV) tools/build-docs build/docs

build: $(INSTALLED)

clean:
	rm -rf $(VENV) build

# The tests run what a user would install: the built tarball's contents, not the source tree.
$(INSTALLED): $(COLLECTION_FILES) $(VENV)/.core
	@mkdir -p build
	@$(PYTHON_IN_VENV) tools/build-collection build

# .venv/bin/python is a link: when its Python is gone, make sees no file and makes the environment anew.
$(PYTHON_IN_VENV):
	@tools/make-venv $(VENV)

$(VENV)/.core: $(REQUIREMENTS)/core.txt | $(PYTHON_IN_VENV)
	@echo "Installing ansible-core into $(VENV)"
	@$(PIP_INSTALL) --requirement $<
	@touch $@

$(VENV)/.docs: $(REQUIREMENTS)/docs.txt $(VENV)/.core
	@echo "Installing Sphinx and antsibull-docs into $(VENV)"
	@$(PIP_INSTALL) --requirement $< --requirement $(REQUIREMENTS)/core.txt
	@touch $@

$(VENV)/.test: $(REQUIREMENTS)/test.txt $(REQUIREMENTS)/unit.txt $(VENV)/.docs
	@echo "Installing the test tools into $(VENV)"
	@$(PIP_INSTALL) --requirement $< --requirement $(REQUIREMENTS)/core.txt
	@touch $@
