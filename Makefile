# SPDX-License-Identifier: Apache-2.0
# Every target of the project; "make help" lists them.
#   V=1                         shows the commands
#   CC=gcc|clang                compiler of everything that runs on this machine
#   SANITIZE=address,undefined  builds with sanitizers, in a build folder of its own

VERSION := 0.1.0

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
SHELL := /bin/bash

include mk/compile.mk
include mk/test.mk
include mk/webapp.mk
include mk/release.mk
include mk/fuzz.mk
include $(sort $(wildcard tests/*/*.mk))

.PHONY: all external setup clean help

all: $(SHIM) $(CORE) $(EXTERNAL) ## Build the shim, the core and openclaw-mattermost for this machine

external: $(EXTERNAL) ## Build openclaw-mattermost: the core with a bot token instead of the plugin

setup: ## Install the Debian packages and pinned tools that the other targets need
	$(Q)mk/setup

clean: ## Remove everything that was built (the cache in ~/.cache stays)
	$(Q)rm -rf build dist server/dist

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile mk/*.mk tests/*/*.mk | sort | awk -F'\t' '{ printf "  %-12s %s\n", $$1, $$2 }'
