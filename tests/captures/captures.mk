# SPDX-License-Identifier: Apache-2.0
# The program that puts recordings through our decoders and encoders; tests/captures/run drives it.

CAPTURES_CHECK := $(O)/tests/captures/check/check
CAPTURES_OBJ := $(patsubst %.c,$(O)/%.o,$(sort $(wildcard tests/captures/check/*.c)))

$(CAPTURES_CHECK): $(CAPTURES_OBJ) $(O)/libshim.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(SHIM_LIBS) -o $@

.PHONY: captures-check
captures-check: $(CAPTURES_CHECK)
	@echo $(CAPTURES_CHECK)
