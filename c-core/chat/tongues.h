// SPDX-License-Identifier: Apache-2.0
// Which language somebody reads, as far as it came by with what the server said of them. What both adapters keep.
#ifndef OC_CHAT_TONGUES_H
#define OC_CHAT_TONGUES_H

#include "words/words.h"

#include <cJSON.h>

typedef struct tongues tongues;

tongues *tongues_create(void);
void tongues_destroy(tongues *t); // NULL-safe
// A User object as the server sent it; anything else is passed over. The longest unseen is forgotten for the newest.
void tongues_learn(tongues *t, const cJSON *user);
void tongues_learn_server(tongues *t, const char *locale);
words_lang tongues_of_server(const tongues *t); // English before it is known
words_lang tongues_of(tongues *t, const char *user_id);

#endif
