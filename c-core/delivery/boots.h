// SPDX-License-Identifier: Apache-2.0
// Starts of gateways, known by their boot ids. Those that earlier processes of this node have talked to stand in one text,
// youngest first, in the watermark; those that this process has talked to in a table. Pure.
#ifndef OC_DELIVERY_BOOTS_H
#define OC_DELIVERY_BOOTS_H

#include <stdbool.h>
#include <stdint.h>

enum { BOOTS_SEEN_MAX = 16 };

typedef struct boots_seen { // zero: none yet
    struct {
        char *boot_id;
        int64_t since_ms;
    } items[BOOTS_SEEN_MAX]; // the oldest gives way
    int count;
} boots_seen;

// The gateway with this boot id answers at now_ms (wall clock); what counts is the first time.
void boots_seen_note(boots_seen *b, const char *boot_id, int64_t now_ms);
// Whether it ran before at_ms already, by the clock of another machine. While it runs still, no other start of the gateway
// can have been given what is younger than that, whichever process sent it.
bool boots_seen_before(const boots_seen *b, const char *boot_id, int64_t at_ms);
void boots_seen_free(boots_seen *b);

// boots with boot_id in front, the oldest dropped when there are too many. The caller frees it.
char *boots_add(const char *boots, const char *boot_id);
// boot_id when it is among them: that gateway was not restarted since. Else something that is no boot id of a gateway in
// use, "" when none is known at all. Borrowed.
const char *boots_match(const char *boots, const char *boot_id);

#endif
