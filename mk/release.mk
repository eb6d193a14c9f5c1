# SPDX-License-Identifier: Apache-2.0
# What ships: static programs for both architectures, and the tarball that an administrator uploads.

RELEASE_TARGETS := x86_64-linux-musl aarch64-linux-musl
arch_of = $(if $(filter x86_64%,$(1)),amd64,arm64)
TARBALL := dist/openclaw-$(VERSION).tar.gz

RELEASE_PROGRAMS := $(foreach arch,amd64 arm64,server/dist/plugin-linux-$(arch) server/dist/openclaw-core-linux-$(arch))

.PHONY: dist dist-unlocked release $(addprefix release-,$(RELEASE_TARGETS)) deploy

# One sub-make for each target, because TARGET decides compiler, flags and folder.
$(addprefix release-,$(RELEASE_TARGETS)): release-%:
	$(Q)third_party/zig $* >/dev/null
	$(Q)$(MAKE) $(QUIET) TARGET=$* build/$*/plugin build/$*/openclaw-core
	$(Q)mkdir -p server/dist
	$(Q)install -C -m 755 build/$*/plugin server/dist/plugin-linux-$(call arch_of,$*)
	$(Q)install -C -m 755 build/$*/openclaw-core server/dist/openclaw-core-linux-$(call arch_of,$*)

release: $(addprefix release-,$(RELEASE_TARGETS))

# Two at once (interop in one terminal, e2e in another) take turns.
dist: ## Build the tarball dist/openclaw-VERSION.tar.gz for linux-amd64 and linux-arm64
	$(Q)mkdir -p build && flock build/.dist.lock $(MAKE) $(QUIET) dist-unlocked

dist-unlocked: release
	$(Q)$(MAKE) $(QUIET) $(TARBALL)

$(RELEASE_PROGRAMS): ;
$(TARBALL): $(RELEASE_PROGRAMS) $(WEBAPP) Makefile mk/pack plugin.json LICENSE NOTICE $(wildcard assets/*)
	$(Q)mk/pack $(VERSION) $@

# The program of external mode for itself: statically linked, without the plugin.
.PHONY: dist-external $(addprefix external-,$(RELEASE_TARGETS))
$(addprefix external-,$(RELEASE_TARGETS)): external-%:
	$(Q)third_party/zig $* >/dev/null
	$(Q)$(MAKE) $(QUIET) TARGET=$* build/$*/openclaw-mattermost
	$(Q)mkdir -p dist
	$(Q)install -C -m 755 build/$*/openclaw-mattermost dist/openclaw-mattermost-linux-$(call arch_of,$*)

dist-external: $(addprefix external-,$(RELEASE_TARGETS)) ## Build dist/openclaw-mattermost-VERSION-linux-ARCH.tar.gz (external mode)
	$(Q)mk/pack-external $(VERSION)

deploy: ## Upload the tarball to MM_SERVICESETTINGS_SITEURL with MM_ADMIN_TOKEN and enable it
	$(Q)[ -f $(TARBALL) ] || $(MAKE) $(QUIET) dist
	$(Q)mk/deploy $(TARBALL)
