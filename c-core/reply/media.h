// SPDX-License-Identifier: Apache-2.0
// The files of an answer on their way into Mattermost: planned (media_plan.h), read from the agent's workspace or fetched
// under the guard, uploaded. What fails becomes a line for people; the rest goes on.
#ifndef OC_REPLY_MEDIA_H
#define OC_REPLY_MEDIA_H

#include "base/json.h"
#include "base/loop.h"
#include "chat/chat.h"
#include "gateway/gateway.h"

enum {
    MEDIA_FILES_PER_POST = 10, // the server's own limit
    MEDIA_JOBS_AT_ONCE = 2,    // each holds at most one file in memory
    MEDIA_JOBS_MAX = 1000,
    MEDIA_JOB_LIMIT_MS = 300000,
    MEDIA_URL_MAX_BYTES = 8 << 20, // when mediaMaxMb is unset
};

typedef struct media media;
media *media_create(loop *l, net *n, chat *c);
void media_destroy(media *m); // jobs are cancelled; NULL-safe

typedef struct media_request { // copied
    gateway *gateway;          // borrowed until the job ends: cancel before it goes
    const char *agent_id;      // "": the gateway's default agent
    const char *session_key;
    const char *bot_user_id, *channel_id;
    const cJSON *payloads; // of the run's result
    size_t url_max_bytes;  // mediaMaxMb; 0: MEDIA_URL_MAX_BYTES
    bool private_allowed;  // network.dangerouslyAllowPrivateNetwork
    const char *proxy;     // NULL: directly; see net/fetch.h
} media_request;

typedef struct media_result { // borrowed during the callback
    const cJSON *posts;       // arrays of file ids, each for one post; at most MEDIA_FILES_PER_POST in each
    const char *notes; // Markdown lines about what could not be attached, marked text (words/words.h); ""
    size_t attached, failed;
} media_result;
typedef void media_fn(void *ctx, const media_result *result);

typedef struct media_job media_job;
// Calls back exactly once, from the loop, also when there is nothing to do. NULL: too many wait already.
media_job *media_start(media *m, const media_request *request, media_fn *fn, void *ctx);
void media_cancel(media_job *j); // no callback any more; files that are up stay unused. NULL-safe

#endif
