# SPDX-License-Identifier: Apache-2.0
# Mutants of the decision functions: the tests of each must notice a changed decision.
#   M="c-core/inbound/access.c …"  only these sources

M ?=
MUTANT_TESTS := test_access test_access_table test_access_rest test_allow_entry test_trigger test_mention test_session_key

.PHONY: mutants
mutants: $(O)/libcore.a $(O)/libsupport-core.a $(MUTANT_TESTS:%=$(O)/tests/unit/c-core/%.o) ## Change each decision in the source: the tests must notice (M=… for some files)
	$(Q)tests/mutants/run --cc "$(COMPILER)" --flags "-std=c17 $(CPPFLAGS)" --objects "$(O)" --work "$(O)/mutants" \
	    --libs "$(CFLAGS) $(LDFLAGS) $(O)/libsupport-core.a $(O)/libcore.a $(DEPS)/lib/libcmocka.a $(CORE_LIBS)" $(M)
