// SPDX-License-Identifier: Apache-2.0
// What is kept of a set of buttons, a menu or a dialog: a JSON object. Pure.
//   {"v":1,"kind":"turn","account":"default","bot":"<user id>","channel":"<id>","post":"<id or empty>","users":["<id>"…],
//    "expires":<wall clock, ms>,"once":true,"ephemeral":"<root id, of an ephemeral post>",
//    "choices":[{"id","label","value","style"} | {"id","label","options":[{"text","value"}]}…],
//    "elements":[…of a dialog],"data":{…},"used":{"click":"<hex>","by":"<user id>","name":"…","label":"…","at":ms}}
#ifndef OC_STORE_BUTTON_RECORD_H
#define OC_STORE_BUTTON_RECORD_H

#include "base/json.h"

enum { BUTTON_RECORD_VERSION = 1, BUTTON_RECORD_MAX_BYTES = 96 << 10, BUTTON_NONCE_BYTES = 33 };

// NULL when the value is no such record, or of another version. The caller owns it.
cJSON *button_record_read(bytes value);
oc_err button_record_write(const cJSON *record, buf *out) OC_MUST_CHECK;

// Whether the person stands in the list, or there is none.
bool button_record_for(const cJSON *record, const char *user_id);
// The ids, joined by commas: what is signed. The caller frees it.
char *button_record_users(const cJSON *record);

typedef struct button_choice { // borrowed from the record
    const char *id, *label, *value;
} button_choice;
// What a click means: number counts the actions from 0; option_value of a menu, else NULL. False: there is no such choice.
bool button_record_choice(const cJSON *record, int64_t number, const char *option_value, button_choice *out);

typedef struct button_use {
    const char *click, *by, *name, *label; // click: names this use, so that it is known again
    int64_t at_ms;
} button_use;
bool button_record_used(const cJSON *record, button_use *out); // by whom; borrowed
void button_record_use(cJSON *record, const button_use *use);
// Takes the use back; false when it is somebody else's, or none.
bool button_record_undo(cJSON *record, const char *click);

// A nonce in its stored form: 32 hex digits.
bool button_nonce_valid(const char *nonce);

#endif
