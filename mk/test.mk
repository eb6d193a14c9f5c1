# SPDX-License-Identifier: Apache-2.0
# Tests. Unit tests are one program for each tests/unit/{server,c-core}/test_*.c; the dearer ones are scripts of their own.
#   T="test_gob test_buf"       only these unit tests; other modules may be half-written and need not compile

T ?=
UNIT_SRC := $(sort $(wildcard tests/unit/server/test_*.c tests/unit/c-core/test_*.c))
ifneq ($(T),)
UNIT_SRC := $(filter $(addprefix %/,$(addsuffix .c,$(T))),$(UNIT_SRC))
endif
UNIT := $(patsubst %.c,$(O)/%,$(UNIT_SRC))

.PHONY: test unit objects check check-style captures interop e2e demo bench fuzz

# Make removes nothing between: the objects of a test are worth keeping.
.SECONDARY:

ifeq ($(T),)
$(O)/tests/unit/server/%: $(O)/tests/unit/server/%.o $(O)/libsupport.a $(O)/libshim.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(DEPS)/lib/libcmocka.a $(SHIM_LIBS) -o $@
$(O)/tests/unit/c-core/%: $(O)/tests/unit/c-core/%.o $(O)/libsupport.a $(O)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(DEPS)/lib/libcmocka.a $(CORE_LIBS) -o $@
else
# Chosen tests: whatever compiles of their side is linked; what does not is named by the compiler and left out.
objects-server: $(SHIM_OBJ) $(SUPPORT_OBJ)
objects-c-core: $(CORE_OBJ) $(SUPPORT_OBJ)
.PHONY: objects-server objects-c-core
present = $(wildcard $(1))
define link_chosen
$(O)/tests/unit/$(1)/%: $(O)/tests/unit/$(1)/%.o FORCE
	@$$(MAKE) --no-print-directory -k T="$$(T)" objects-$(1) || echo "  (going on without what did not compile)"
	$$(call say,LINK,$$@)
	@rm -f $$@.a; for o in $(2); do [ ! -f $$$$o ] || echo $$$$o; done | xargs -r $$(AR) rcs $$@.a
	$$(Q)$$(COMPILER) $$(CFLAGS) $$(LDFLAGS) $$< $$@.a $$(DEPS)/lib/libcmocka.a $(3) -o $$@
endef
$(eval $(call link_chosen,server,$(SUPPORT_OBJ) $(SHIM_OBJ),$(SHIM_LIBS)))
$(eval $(call link_chosen,c-core,$(SUPPORT_OBJ) $(CORE_OBJ),$(CORE_LIBS)))
endif
$(O)/tests/unit/c-core/%.o: | $(TLS_DEPS)

unit: $(UNIT)

test: unit ## Unit tests of the C code (CC=…, SANITIZE=…, T="test_x …" for some)
	$(Q)mk/run-unit $(UNIT)
