# SPDX-License-Identifier: Apache-2.0
# Tests. Unit tests are one program for each tests/unit/{server,c-core}/test_*.c; the dearer ones are scripts of their own.
#   T="test_gob test_buf"       only these unit tests; other modules may be half-written and need not compile

T ?=
UNIT_SRC := $(sort $(wildcard tests/unit/server/test_*.c tests/unit/c-core/test_*.c))
ifneq ($(T),)
UNIT_SRC := $(filter $(addprefix %/,$(addsuffix .c,$(T))),$(UNIT_SRC))
endif
UNIT := $(patsubst %.c,$(O)/%,$(UNIT_SRC))

.PHONY: test unit check check-style format captures interop e2e demo bench

# This one wants the real core link, where the others get tests/support/scripted_core.c.
$(O)/tests/unit/server/test_core_link: $(addprefix $(O)/server/core_link,.o _calls.o _posts.o)

# Make removes nothing between: the objects of a test are worth keeping.
.SECONDARY:

# Of external mode, with its own adapter instead of the plugin's.
$(O)/tests/unit/c-core/test_external_%: $(O)/tests/unit/c-core/test_external_%.o $(O)/libsupport-core.a $(O)/libexternal.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(DEPS)/lib/libcmocka.a $(EXTERNAL_LIBS) -o $@

ifeq ($(T),)
$(O)/tests/unit/server/%: $(O)/tests/unit/server/%.o $(O)/libsupport.a $(O)/libshim.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $(filter %.o,$^) $(filter %.a,$^) $(DEPS)/lib/libcmocka.a $(SHIM_LIBS) -o $@
$(O)/tests/unit/c-core/%: $(O)/tests/unit/c-core/%.o $(O)/libsupport-core.a $(O)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(DEPS)/lib/libcmocka.a $(CORE_LIBS) -o $@
else
# Chosen tests: whatever compiles of their side is linked; what does not is named by the compiler and left out.
objects-server: $(SHIM_OBJ) $(SUPPORT_OBJ)
objects-c-core: $(CORE_OBJ) $(SUPPORT_OBJ)
.PHONY: objects-server objects-c-core
# link_chosen FOLDER,SIDE,OBJECTS,LIBRARIES
define link_chosen
$(O)/tests/$(1)/$(2)/%: $(O)/tests/$(1)/$(2)/%.o FORCE
	@$$(MAKE) --no-print-directory -k T="$$(T)" objects-$(2) || echo "  (going on without what did not compile)"
	$$(call say,LINK,$$@)
	@rm -f $$@.a; for o in $(3); do [ ! -f $$$$o ] || echo $$$$o; done | xargs -r $$(AR) rcs $$@.a
	$$(Q)$$(COMPILER) $$(CFLAGS) $$(LDFLAGS) $$(filter %.o,$$^) $$@.a $(4) -o $$@
endef
$(eval $(call link_chosen,unit,server,$(SUPPORT_OBJ) $(SHIM_OBJ),$(DEPS)/lib/libcmocka.a $(SHIM_LIBS)))
$(eval $(call link_chosen,unit,c-core,$(SUPPORT_CORE_OBJ) $(CORE_OBJ),$(DEPS)/lib/libcmocka.a $(CORE_LIBS)))
$(eval $(call link_chosen,fuzz,server,$(SUPPORT_OBJ) $(SHIM_OBJ),-fsanitize=fuzzer$(comma)address$(comma)undefined $(SHIM_LIBS)))
$(eval $(call link_chosen,fuzz,c-core,$(SUPPORT_CORE_OBJ) $(CORE_OBJ),-fsanitize=fuzzer$(comma)address$(comma)undefined $(CORE_LIBS)))
endif
# Named one by one: a pattern rule without a recipe would add nothing.
$(call objects,$(wildcard tests/unit/c-core/*.c tests/fuzz/c-core/*.c)): | $(TLS_DEPS)

unit: $(UNIT)

test: unit ## Unit tests of the C code (CC=…, SANITIZE=…, T="test_x …" for some)
	$(Q)mk/run-unit $(UNIT)

check-style: build/.setup ## Formatting, lengths, complexity, banned calls, include arrows, licence lines
	$(Q)tests/style/run

F ?= $(shell git ls-files -co --exclude-standard '*.c' '*.h')
format: build/.setup ## Format the C sources (F="file …" for some)
	$(Q)"$$(third_party/tool clang-format)/clang_format/data/bin/clang-format" -i --style=file $(F)

# --- with real parts ------------------------------------------------------------------------------------------

DIR ?= tests/captures/data
DEMO ?=

captures: ## Decode and re-encode recorded plugin streams (DIR=… for other recordings)
	$(Q)tests/captures/run $(DIR)

interop: dist probe ## Drive the built plugin through Mattermost's real plugin host code
	$(Q)tests/interop/run

e2e: dist probe ## Real Mattermost server, real OpenClaw gateway
	$(Q)tests/e2e/run

# The cases that show external mode in CI; the whole takes as long as e2e does.
EXTERNAL_CASES = 10_main 106_ 120_ 310_ 311_ 516_ 531_ 55_ 82_ 94_ 95_ 96_ 97_ 98_ 99_
e2e-external: external ## The same cases from outside, with a bot's token (docs/external.md)
	$(Q)tests/e2e/run --external
external-check: external ## A few of them
	$(Q)tests/e2e/run --external $(EXTERNAL_CASES)
.PHONY: e2e-external external-check

bench: dist ## Measure against a Go plugin on the same host; writes build/bench.json
	$(Q)tests/bench/run $(BENCH)

demo: dist ## Chat with the agent through a real server in this terminal (DEMO=check: without a terminal)
	$(Q)tests/demo/demo $(if $(filter check,$(DEMO)),--check)

check: ## Everything that CI runs: style, unit, sanitizers, vectors, captures, dist, interop, e2e, differential, fuzz, bench
	$(Q)mk/check
