# SPDX-License-Identifier: Apache-2.0
# docs/configuration.md is made from the table of keys (c-core/config/keys.h) and the words around it (tests/config-doc/intro.md);
# plugin.json must agree with the table.

CONFIG_DOC_OBJ := $(call objects,$(call sources,tests/config-doc))

$(O)/tests/config-doc/config_doc: $(CONFIG_DOC_OBJ) $(O)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(CORE_LIBS) -o $@
$(CONFIG_DOC_OBJ): | $(TLS_DEPS)

.PHONY: docs docs-check
docs: $(O)/tests/config-doc/config_doc ## Write anew what is made from tables: docs/configuration.md, docs/metrics.md
	$(Q)$(O)/tests/config-doc/config_doc tests/config-doc/intro.md >build/configuration.md
	$(Q)mv build/configuration.md docs/configuration.md
	$(Q)$(O)/tests/config-doc/config_doc --metrics tests/config-doc/metrics.md >build/metrics.md
	$(Q)mv build/metrics.md docs/metrics.md

docs-check: $(O)/tests/config-doc/config_doc ## docs/configuration.md and plugin.json agree with the table of keys
	$(Q)tests/config-doc/check $(O)/tests/config-doc/config_doc
