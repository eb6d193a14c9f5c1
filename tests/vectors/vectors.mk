# SPDX-License-Identifier: Apache-2.0
# Vectors: inputs and outputs of OpenClaw's own channel, in DIR; without one our own rows in the same format.

VECTORS_DIR = $(if $(filter command% environment%,$(origin DIR)),$(DIR),tests/vectors/data)
VECTORS_OBJ := $(call objects,$(call sources,tests/vectors))

# Of both modes: everything but the plugin's adapter.
$(O)/tests/vectors/vectors: $(VECTORS_OBJ) $(O)/libsupport-core.a $(O)/libexternal.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(EXTERNAL_LIBS) -o $@
$(VECTORS_OBJ): EXTRA_CPPFLAGS = -Itests/vectors -Itests/support
$(VECTORS_OBJ): | $(TLS_DEPS)

.PHONY: vectors
vectors: $(O)/tests/vectors/vectors ## Our decisions and texts against OpenClaw's own (DIR=… for a folder of vectors)
	$(Q)$(O)/tests/vectors/vectors $(VECTORS_DIR) tests/vectors/deviations.md
