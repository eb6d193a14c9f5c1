// SPDX-License-Identifier: Apache-2.0
#include "outbound/speak_words.h"

#include "base/mem.h"

char *speak_words_held_back(int limit) {
    return xasprintf(":warning: The agent began more than %d messages here within an hour. Further ones are "
                     "held back until the hour "
                     "is over; an administrator can change the limit (`speaksPerHour`).",
                     limit);
}
