# SPDX-License-Identifier: Apache-2.0
# The rig: shim, core, a fake server and a fake gateway in one program, with faults, under one seed (tests/rig/README.md).
#   ONLY=core-kill,api-lost   these faults only      VERBOSE=1   every log line

SEED ?= 1
MESSAGES ?= 10000
FAULTS ?= 500
ONLY ?=
VERBOSE ?=
NODES ?= 1
SPEAKS ?= 0
RIG_OBJ := $(call objects,$(call sources,tests/rig))

# The rig's own objects come first: its pair, its process and its transport stand in for the real ones in the archives.
$(O)/rig: $(RIG_OBJ) $(O)/libshim.a $(O)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) -Wl,--wrap=log_set_sink -Wl,--wrap=log_set_level -Wl,--wrap=log_set_levels -Wl,--wrap=gethostname $^ $(CORE_LIBS) -o $@
$(RIG_OBJ): EXTRA_CPPFLAGS = -Itests/rig
$(RIG_OBJ): | $(TLS_DEPS)

.PHONY: rig rig-programs rig-check
rig: $(O)/rig ## Shim and core against fakes with faults (SEED=… MESSAGES=… FAULTS=… ONLY=… VERBOSE=1)
	$(Q)$(O)/rig $(SEED) $(MESSAGES) $(FAULTS) nodes=$(NODES) speaks=$(SPEAKS) $(if $(ONLY),only=$(ONLY)) $(if $(VERBOSE),verbose)

rig-programs:
	$(Q)$(MAKE) --no-print-directory -s CC=gcc SANITIZE= build/gcc/rig
	$(Q)$(MAKE) --no-print-directory -s CC=gcc SANITIZE=address,undefined build/gcc-address-undefined/rig

rig-check: ## The rig with twenty seeds, once with sanitizers
	$(Q)tests/rig/run
