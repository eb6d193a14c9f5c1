// SPDX-License-Identifier: Apache-2.0
// Questions and approvals that stand in posts and wait for somebody: which node posts each, the posts, and who is deciding. Pure.
// One value holds all of them, so that a process that starts finds what an earlier one left.
#ifndef OC_STORE_OPEN_ASKS_STATE_H
#define OC_STORE_OPEN_ASKS_STATE_H

#include "base/buf.h"
#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    ASKS_MAX = 200,
    ASK_POSTS_MAX = 24,
    ASK_ID_BYTES = 129, // longer ids of the gateway are not ours to keep: the caller refuses them
    ASK_NAME_BYTES = 65,
    ASK_VALUE_MAX_BYTES = 1 << 20,
};
#define ASK_CLAIM_MS (60 * INT64_C(1000))    // a node that has not posted by then is taken for dead
#define ASK_DECIDING_MS (30 * INT64_C(1000)) // as is one that has not decided

typedef struct ask_post {
    char id[27], nonce[ASK_NAME_BYTES]; // nonce "": a post without buttons
    char lang[8];                       // the tag of its language; "": an earlier version has posted it
    char channel_id[27];                // "": the same
    int64_t at_ms;                      // when it was made, by the server's clock; 0: the same
} ask_post;

typedef struct open_ask {
    char kind[16], id[ASK_ID_BYTES];                    // together they name it
    char account[ASK_NAME_BYTES], node[ASK_NAME_BYTES]; // node: who posts it
    int64_t claimed_ms, expires_ms;
    bool posted; // all posts stand
    ask_post posts[ASK_POSTS_MAX];
    size_t post_count;
    char by_id[27], by_name[ASK_NAME_BYTES]; // who is deciding, or has; "" for nobody
    char choice[32];                         // what: a word of the kind's
    char said[27];                           // the post in which they wrote it; "": they clicked or commanded
    int64_t by_ms;
} open_ask;

// What stays of an ask that was taken out while a post was said to decide it: {kind: ASK_SAID, id: the post, choice}. So a post that
// is handed over again after a crash is known for what it was.
#define ASK_SAID "said"
#define ASK_SAID_MS (3600 * INT64_C(1000)) // it is forgotten then

typedef struct open_asks_state {
    open_ask *items; // by their coming; room for one more
    size_t count;
} open_asks_state;

// What can be read of a stored value; *damaged: some of it could not. The caller clears it.
open_asks_state open_asks_read(bytes value, bool *damaged);
oc_err open_asks_write(const open_asks_state *s, buf *out) OC_MUST_CHECK;
void open_asks_clear(open_asks_state *s);

open_ask *open_asks_find(const open_asks_state *s, const char *kind, const char *id); // NULL

typedef enum ask_claim {
    ASK_MINE,       // this node posts it now; it was in nobody's hands
    ASK_TAKEN_OVER, // the same, but whoever had it may have posted some of it
    ASK_STANDS,     // it is posted already
    ASK_OTHERS,     // another node is at it
    ASK_FULL,
} ask_claim;
// what: kind, id, account, node, expires_ms. restarted: a claim by the same node is one of an earlier process.
ask_claim open_asks_claim(open_asks_state *s, const open_ask *what, bool restarted, int64_t now_ms);
// A post of it stands. False: the ask is not there (any more).
bool open_asks_add_post(open_asks_state *s, const char *kind, const char *id, const ask_post *p);
bool open_asks_set_posted(open_asks_state *s, const char *kind, const char *id);

typedef enum ask_deciding { ASK_DECIDES, ASK_BUSY, ASK_UNKNOWN } ask_deciding;
// One person at a time: who asks while another's choice is on its way waits.
ask_deciding open_asks_decide(open_asks_state *s, const char *kind, const char *id, const char *user_id,
                              const char *name, const char *choice, int64_t now_ms);
// The choice of who is deciding stands in this post. The same post may decide again, whoever died over it.
ask_deciding open_asks_decide_said(open_asks_state *s, const char *kind, const char *id, const char *user_id,
                                   const char *name, const char *choice, const char *post_id, int64_t now_ms);
// Nothing came of that person's choice.
bool open_asks_undecide(open_asks_state *s, const char *kind, const char *id, const char *user_id);
// Nothing came of what was written in that post, of this ask or of one that was taken out.
bool open_asks_unsay(open_asks_state *s, const char *post_id);
// Takes it out; false: it was not there. out (may be NULL) gets it. What was written for it stays known (ASK_SAID).
bool open_asks_take(open_asks_state *s, const char *kind, const char *id, int64_t now_ms, open_ask *out);

#endif
