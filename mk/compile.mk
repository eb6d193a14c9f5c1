# SPDX-License-Identifier: Apache-2.0
# From sources to objects, archives and the two programs. One build folder for each way to compile: build/CONFIG/.
#   FUZZ=1                      instrumented for the fuzz targets
#   TARGET=host                 this machine; or x86_64-linux-musl, aarch64-linux-musl for the release (zig cc, static)

TARGET ?= host
SANITIZE ?=
ifeq ($(origin CC),default)
CC := gcc
endif

comma := ,
ifneq ($(FUZZ),)
CONFIG := fuzz
override CC := clang
else ifeq ($(TARGET),host)
CONFIG := $(notdir $(CC))$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
else
CONFIG := $(TARGET)
endif
O := build/$(CONFIG)
DEPS := build/deps/$(TARGET)
# Sources that are made: the same for every way to compile.
GEN := build/gen

Q := $(if $(V),,@)
QUIET := --no-print-directory $(if $(V),,-s)
say = @printf '  %-6s %s\n' $(1) $(2)

# --- what is compiled -----------------------------------------------------------------------------------------

sources = $(sort $(shell find $(1) -name '*.c' 2>/dev/null))
SHIM_SRC := $(call sources,server)
CORE_SRC := $(call sources,c-core)
# Only external mode has these (docs/external.md): another adapter behind chat.h, so never both in one program.
EXTERNAL_SRC := $(filter c-core/chat/rest_% c-core/chat/sqlite_% c-core/external_%,$(CORE_SRC))
SHARED_SRC := $(filter c-core/base/% c-core/link/%,$(CORE_SRC))
SUPPORT_SRC := $(call sources,tests/support)

objects = $(patsubst %.c,$(O)/%.o,$(1))
WORDS_SRC := $(GEN)/words/tables.c
# The two main.c stay out of the archives, so that tests can bring a main of their own.
SHIM_OBJ := $(call objects,$(filter-out server/main.c,$(SHIM_SRC)) $(SHARED_SRC))
CORE_OBJ := $(call objects,$(filter-out c-core/main.c $(EXTERNAL_SRC),$(CORE_SRC)) $(WORDS_SRC))
# Everything but the plugin's adapter.
EXTERNAL_OBJ := $(call objects,$(filter-out c-core/main.c c-core/external_main.c c-core/plugin_mode.c c-core/chat/plugin_%,$(CORE_SRC)) $(WORDS_SRC))
SUPPORT_OBJ := $(call objects,$(SUPPORT_SRC))
# The core's tests have the real link, which scripted_core.c takes the place of.
SUPPORT_CORE_OBJ := $(filter-out %/scripted_core.o,$(SUPPORT_OBJ))

SHIM := $(O)/plugin
CORE := $(O)/openclaw-core
EXTERNAL := $(O)/openclaw-mattermost

# --- how ------------------------------------------------------------------------------------------------------

WARN := -Werror -Wall -Wextra -Wshadow -Wvla -Wundef -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes \
        -Wwrite-strings -Wpointer-arith
CPPFLAGS := -D_GNU_SOURCE -DOPENCLAW_VERSION='"$(VERSION)"' -Iserver -Ic-core -I$(GEN) -isystem $(DEPS)/include -isystem $(DEPS)/include/cjson
CFLAGS := -std=c17 -g -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong \
          -fmacro-prefix-map=$(CURDIR)/= -fdebug-prefix-map=$(CURDIR)=.
LDFLAGS := -Wl,--gc-sections

ifeq ($(TARGET),host)
COMPILER := $(CC)
ifneq ($(filter clang,$(notdir $(CC))),)
COMPILER := clang-14
endif
AR := ar
LDFLAGS += -pie
ifneq ($(FUZZ),)
CFLAGS += -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
else ifeq ($(SANITIZE),)
CFLAGS += -O2 -fstack-clash-protection
CPPFLAGS += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
else
CFLAGS += -O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
LDFLAGS += -fsanitize=$(SANITIZE)
endif
else
# zig's clang brings its own libc; everything is linked statically, as a position-independent program.
COMPILER := build/zig/$(TARGET)/cc
AR := build/zig/$(TARGET)/ar
CFLAGS += -O2 -fstack-clash-protection -ftrivial-auto-var-init=zero
CPPFLAGS += -U_FORTIFY_SOURCE
LDFLAGS += -static -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -s
endif

SHIM_LIBS := $(DEPS)/lib/libnng.a $(DEPS)/lib/libcjson.a -lpthread -lm
CORE_LIBS := $(DEPS)/lib/libcurl.a $(DEPS)/lib/libssl.a $(DEPS)/lib/libcrypto.a $(DEPS)/lib/libyaml.a $(DEPS)/lib/libpcre2-8.a $(SHIM_LIBS)

# --- rules ----------------------------------------------------------------------------------------------------

# Libraries: third_party/build does nothing where lock, recipe and compiler are those of the last time.
EXTERNAL_LIBS := $(DEPS)/lib/libsqlite3.a $(CORE_LIBS)

SMALL_DEPS := $(addprefix $(DEPS)/.,cjson uthash nng libyaml pcre2 $(if $(filter host,$(TARGET)),cmocka))
TLS_DEPS := $(DEPS)/.curl

$(DEPS)/.%: third_party/lock third_party/recipes/%.sh third_party/build | build/.setup
	$(Q)third_party/build $(TARGET) $*
$(DEPS)/.curl: $(DEPS)/.openssl

build/.setup: mk/setup
	$(Q)mk/setup build
	$(Q)mkdir -p build && touch $@

# Changed flags compile everything again; a source that came or went makes the archives again.
flags := $(subst ",,$(COMPILER) $(WARN) $(CPPFLAGS) $(CFLAGS))
$(O)/.flags: note = $(flags)
$(O)/.files: note = $(SHIM_OBJ) $(CORE_OBJ) $(EXTERNAL_OBJ) $(SUPPORT_OBJ)
$(O)/.flags $(O)/.files: FORCE
	@mkdir -p $(O); echo "$(note)" | cmp -s - $@ || echo "$(note)" >$@
.PHONY: FORCE

# The texts for people, of their catalogues. What is made keeps its time where nothing changed in it.
$(GEN)/words/.made: mk/make-words c-core/words $(wildcard c-core/words/*.json) $(wildcard c-core/config/keys_*.c) mk/make-remedies docs/troubleshooting.md | build/.setup
	$(call say,WORDS,c-core/words)
	$(Q)mk/make-words $(GEN)/words && mk/make-remedies $(GEN)/words/remedies.h && touch $@
$(GEN)/words/keys.h $(GEN)/words/tables.h $(GEN)/words/remedies.h $(WORDS_SRC): $(GEN)/words/.made ;

$(O)/%.o: %.c $(O)/.flags | $(SMALL_DEPS) $(GEN)/words/.made
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILER) $(WARN) $(CPPFLAGS) $(EXTRA_CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

# Only the core's own modules and the tests' fakes see libcurl and OpenSSL.
$(filter-out $(call objects,$(SHARED_SRC)),$(CORE_OBJ)) $(call objects,$(EXTERNAL_SRC)) $(O)/c-core/main.o $(SUPPORT_OBJ): | $(TLS_DEPS)
$(call objects,$(EXTERNAL_SRC)): | $(DEPS)/.sqlite
$(O)/tests/%.o: EXTRA_CPPFLAGS = -Itests -Itests/support

$(O)/libshim.a: $(SHIM_OBJ)
$(O)/libcore.a: $(CORE_OBJ)
$(O)/libexternal.a: $(EXTERNAL_OBJ)
$(O)/libsupport.a: $(SUPPORT_OBJ)
$(O)/libsupport-core.a: $(SUPPORT_CORE_OBJ)
$(O)/libshim.a $(O)/libcore.a $(O)/libexternal.a $(O)/libsupport.a $(O)/libsupport-core.a: $(O)/.files
	$(call say,AR,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(SHIM): $(O)/server/main.o $(O)/libshim.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(SHIM_LIBS) -o $@

$(CORE): $(O)/c-core/main.o $(O)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(CORE_LIBS) -o $@

$(EXTERNAL): $(O)/c-core/external_main.o $(O)/libexternal.a
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(CFLAGS) $(LDFLAGS) $^ $(EXTERNAL_LIBS) -o $@

-include $(shell find $(O) -name '*.d' 2>/dev/null)
