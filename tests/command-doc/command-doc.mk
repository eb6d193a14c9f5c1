# SPDX-License-Identifier: Apache-2.0
# docs/commands.md is made from the table of commands (c-core/interactions/command_*.c) and the words around it
# (tests/command-doc/intro.md).

COMMAND_DOC_OBJ := $(call objects,$(call sources,tests/command-doc))

$(O)/tests/command-doc/command_doc: $(COMMAND_DOC_OBJ) $(O)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(CORE_LIBS) -o $@
$(COMMAND_DOC_OBJ): | $(TLS_DEPS)

.PHONY: docs-commands docs-commands-check
docs: docs-commands
docs-check: docs-commands-check
docs-commands: $(O)/tests/command-doc/command_doc
	$(Q)$(O)/tests/command-doc/command_doc tests/command-doc/intro.md >build/commands.md
	$(Q)mv build/commands.md docs/commands.md
docs-commands-check: $(O)/tests/command-doc/command_doc
	$(Q)$(O)/tests/command-doc/command_doc tests/command-doc/intro.md | diff -u docs/commands.md - || { echo '  FAIL docs/commands.md is not current: make docs'; exit 1; }
	@echo '  ok   docs/commands.md is current (else: make docs)'
