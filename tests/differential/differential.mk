# SPDX-License-Identifier: Apache-2.0

.PHONY: differential cut
differential: external ## OpenClaw's own channel and external mode live through the same conversations (WORDS="…" for some)
	$(Q)tests/differential/run $(WORDS)

cut: external ## Both without a network for three minutes (CUT="SECONDS POSTS ASKED"); not part of check, it takes ten minutes
	$(Q)tests/differential/cut $(CUT)
