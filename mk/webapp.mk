# SPDX-License-Identifier: Apache-2.0
# The System Console panel: one file that the tarball carries. Needs Node.js; npm packages come from the cache or the registry.

WEBAPP := build/webapp/main.js

$(WEBAPP): $(shell find webapp-stub -type f) third_party/npm
	$(Q)webapp-stub/build $@

.PHONY: webapp
webapp: $(WEBAPP) ## Build the System Console panel (webapp-stub/)
