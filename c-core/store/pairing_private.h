// SPDX-License-Identifier: Apache-2.0
// What pairing_state.c (rules) and pairing_value.c (stored form) share. Not for others.
#ifndef OC_STORE_PAIRING_PRIVATE_H
#define OC_STORE_PAIRING_PRIVATE_H

#include "store/pairing_state.h"

typedef struct pairing_approval {
    char user_id[PAIRING_ID_BYTES], by[PAIRING_ID_BYTES];
    int64_t at_ms;
} pairing_approval;

struct pairing_state {
    pairing_request *requests; // oldest first
    size_t count;
    pairing_approval *approved;
    size_t approved_count;
};

pairing_state *pairing_state_create(void);
pairing_request *pairing_append(pairing_state *s); // zeroed
void pairing_copy(char *out, size_t size, const char *text);

#endif
