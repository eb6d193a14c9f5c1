# SPDX-License-Identifier: Apache-2.0
# The schema tables against the types of Mattermost's plugin module by reflection, and values both ways through Go's own
# gob.

SCHEMA_DUMP := $(O)/tests/schema-check/dump

$(SCHEMA_DUMP): $(SCHEMA_DUMP).o $(O)/tests/schema-check/exchange.o $(O)/tests/support/schema_values.o $(O)/libshim.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(SHIM_LIBS) -o $@

.PHONY: schema-check
schema-check: $(SCHEMA_DUMP) ## Compare the schema tables with Mattermost's own types (three versions of the module)
	$(Q)tests/schema-check/run $(SCHEMA_DUMP)
