# SPDX-License-Identifier: Apache-2.0
# The System Console panel in a real browser.
#   BROWSER="keyboard dark"   only tests with these words in their names

BROWSER ?=

.PHONY: browser pictures
browser: dist ## The System Console panel in a real Chromium, against the real plugin
	$(Q)tests/browser/run $(BROWSER)

pictures: dist ## Draw docs/pictures/*.png anew: the panel, and conversations from real posts
	$(Q)tests/browser/run --pictures docs/pictures
