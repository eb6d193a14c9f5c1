# SPDX-License-Identifier: Apache-2.0
# Fuzz targets: tests/fuzz/{server,c-core}/fuzz_*.c with clang's libFuzzer, ASan and UBSan, in build/fuzz.
#   FUZZ_SECONDS=60             how long each target runs
#   T="fuzz_gob …"              only these

FUZZ_SECONDS ?= 60
FUZZ_SRC := $(sort $(wildcard tests/fuzz/server/fuzz_*.c tests/fuzz/c-core/fuzz_*.c))
ifneq ($(T),)
FUZZ_SRC := $(filter $(addprefix %/,$(addsuffix .c,$(T))),$(FUZZ_SRC))
endif
FUZZ_PROGRAMS := $(patsubst %.c,build/fuzz/%,$(FUZZ_SRC))

.PHONY: fuzz fuzz-programs

fuzz: ## Run every fuzz target for FUZZ_SECONDS (60), T="fuzz_x …" for some
	$(Q)$(MAKE) $(QUIET) FUZZ=1 T="$(T)" fuzz-programs
	$(Q)mk/run-fuzz $(FUZZ_SECONDS) $(FUZZ_PROGRAMS)

ifneq ($(FUZZ),)
fuzz-programs: $(FUZZ_PROGRAMS)
ifeq ($(T),)
link_fuzz = $(COMPILER) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer,address,undefined $^
build/fuzz/tests/fuzz/server/%: build/fuzz/tests/fuzz/server/%.o build/fuzz/libsupport.a build/fuzz/libshim.a
	$(call say,LINK,$@)
	$(Q)$(link_fuzz) $(SHIM_LIBS) -o $@
# Of external mode, with its own adapter instead of the plugin's.
build/fuzz/tests/fuzz/c-core/fuzz_external_%: build/fuzz/tests/fuzz/c-core/fuzz_external_%.o build/fuzz/libsupport-core.a build/fuzz/libexternal.a
	$(call say,LINK,$@)
	$(Q)$(link_fuzz) $(EXTERNAL_LIBS) -o $@
build/fuzz/tests/fuzz/c-core/%: build/fuzz/tests/fuzz/c-core/%.o build/fuzz/libsupport-core.a build/fuzz/libcore.a
	$(call say,LINK,$@)
	$(Q)$(link_fuzz) $(CORE_LIBS) -o $@
endif
endif
