// SPDX-License-Identifier: Apache-2.0
// Support data leaves the house: people, channels and posts become stand-ins in it, the same one for the same id, so that it can
// still be seen what belongs together. Who has the ids can make the stand-ins from them; nobody can go the other way. Pure.
#ifndef OC_ADMIN_SUPPORT_REDACT_H
#define OC_ADMIN_SUPPORT_REDACT_H

#include <cJSON.h>

// The text with each of Mattermost's ids in it replaced by "id-" and eight hexadecimal digits. The caller frees it.
char *support_redact_text(const char *text);
// The same for all texts and keys below json, in place.
void support_redact(cJSON *json);
// config_person_fn: an entry of a list of people. "*" and "accessGroup:…" are nobody's (NULL); an id is left to the above; a name
// becomes "name-" and eight digits.
char *support_redact_person(const char *entry);

#endif
