# SPDX-License-Identifier: Apache-2.0
# docs/tools.md is made from the table of tools (c-core/outbound/tool_table.c) and the words around it (tests/tool-doc/intro.md).

TOOL_DOC_OBJ := $(call objects,$(call sources,tests/tool-doc))

$(O)/tests/tool-doc/tool_doc: $(TOOL_DOC_OBJ) $(O)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(CORE_LIBS) -o $@
$(TOOL_DOC_OBJ): | $(TLS_DEPS)

.PHONY: docs-tools docs-tools-check
docs: docs-tools
docs-check: docs-tools-check
docs-tools: $(O)/tests/tool-doc/tool_doc
	$(Q)$(O)/tests/tool-doc/tool_doc tests/tool-doc/intro.md >build/tools.md
	$(Q)mv build/tools.md docs/tools.md
docs-tools-check: $(O)/tests/tool-doc/tool_doc
	$(Q)$(O)/tests/tool-doc/tool_doc tests/tool-doc/intro.md | diff -u docs/tools.md - || { echo '  FAIL docs/tools.md is not current: make docs'; exit 1; }
	@echo '  ok   docs/tools.md is current (else: make docs)'
