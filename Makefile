# The two commands of a newcomer are `make demo` and `make test`; `make help` lists all.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

PREFIX ?= /usr/local
SWIFT ?= swift
RELEASE := .build/release

.PHONY: help setup setup-tests build demo install test test-all bench format lint clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing from Debian, check for Swift 6.3
	@scripts/setup

build: setup ## build the program `annals` in release
	@scripts/timed "Building annals in release (the first time takes 5 to 10 minutes on two cores, later ones seconds)" \
	    $(SWIFT) build -c release --product annals

demo: build ## the main job on seeds/, every claim checked
	@scripts/demo $(RELEASE)/annals

install: build ## put `annals` on the PATH (PREFIX=/usr/local)
	@scripts/install $(RELEASE)/annals "$(DESTDIR)$(PREFIX)/bin"

test: lint ## every test
	@scripts/timed "Building the tests in debug (the first time takes 5 to 10 minutes on two cores, later ones seconds)" \
	    $(SWIFT) build --build-tests
	@scripts/hot-path debug
	@$(SWIFT) test --skip-build

test-all: test ## and what takes long: sanitizers, many seeds, a profile of the server
	@scripts/setup --profile
	@scripts/test-all

bench: ## every row of Documentation/performance.md, measured (PEERS=1 ROWS=a,b QUICK=1)
	@scripts/bench

setup-tests:
	@scripts/setup --tests

lint: setup-tests ## check the format of the Swift sources
	@$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

format: ## bring the Swift sources into that format
	@$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests

clean: ## remove what was built, and what the demo left
	@rm -rf .build .build-*/ demo-data*/
