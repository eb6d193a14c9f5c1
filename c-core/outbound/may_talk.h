// SPDX-License-Identifier: Apache-2.0
// Whether somebody may talk to the bot in direct messages, by the account's rules of now: as if they wrote a message. Pure.
#ifndef OC_OUTBOUND_MAY_TALK_H
#define OC_OUTBOUND_MAY_TALK_H

#include "chat/types.h"
#include "inbound/access.h"

// ACCESS_ANSWER; ACCESS_PAIRING: when they are paired; all else: no.
access_verdict may_talk(const chat_user *user, const account_config *rules);

#endif
