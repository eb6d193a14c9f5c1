# SPDX-License-Identifier: Apache-2.0
# The probe: a core for tests that carries out calls of chat.h on demand (tests/interop/probe/probe.c). It stands in the
# place of app.c; everything else is the core's own.

PROBE := $(O)/probe-core

$(PROBE): $(O)/c-core/main.o $(O)/tests/interop/probe/probe.o $(O)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(CORE_LIBS) -o $@

.PHONY: probe
probe: $(PROBE) ## Build the core that carries out chat.h's calls on demand, for interop and e2e
