// SPDX-License-Identifier: Apache-2.0
// What people are told about messages that agents begin. Pure.
#ifndef OC_OUTBOUND_SPEAK_WORDS_H
#define OC_OUTBOUND_SPEAK_WORDS_H

char *speak_words_held_back(int limit); // the caller frees it

#endif
