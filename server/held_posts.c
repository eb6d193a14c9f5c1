// SPDX-License-Identifier: Apache-2.0
#include "held_posts.h"

#include <stdlib.h>
#include <utlist.h>

static void free_post(held_post *p) {
    free(p->params);
    free(p->tail);
    free(p);
}

void held_posts_free(held_posts *h) {
    while (h->waiting != NULL)
        held_posts_release(h, h->waiting);
    while (h->handed != NULL)
        held_posts_release(h, h->handed);
}

static void *copy(bytes b) {
    void *memory = malloc(b.len + 1);
    if (memory != NULL && b.len > 0)
        memcpy(memory, b.data, b.len);
    return memory;
}

oc_err held_posts_add(held_posts *h, const char *hook, bytes params, bytes tail) {
    size_t len = sizeof(held_post) + params.len + tail.len;
    if (params.len < 3 || params.data[0] != '[' || params.data[params.len - 1] != ']')
        return OC_EINVAL;
    if (h->count >= HELD_POSTS_MAX || len > HELD_POSTS_MAX_BYTES || h->bytes > HELD_POSTS_MAX_BYTES - len)
        return OC_EBUSY;
    held_post *p = calloc(1, sizeof *p);
    if (p == NULL)
        return OC_ENOMEM;
    *p = (held_post){
        .home = h, .hook = hook, .order = h->next_order++, .params_len = params.len, .tail_len = tail.len};
    p->params = copy(params);
    p->tail = copy(tail);
    if (p->params == NULL || p->tail == NULL) {
        free_post(p);
        return OC_ENOMEM;
    }
    DL_APPEND(h->waiting, p);
    h->count++;
    h->bytes += len;
    return OC_OK;
}

held_post *held_posts_next(const held_posts *h) {
    return h->waiting;
}

oc_err held_post_params(const held_post *p, buf *out) {
    if (p->tries == 0)
        return buf_append(out, p->params, p->params_len);
    oc_err err = buf_append(out, p->params, p->params_len - 1);
    return err == OC_OK ? buf_append_str(out, ",{\"again\":true}]") : err;
}

void held_posts_handed(held_posts *h, held_post *p) {
    DL_DELETE(h->waiting, p);
    DL_APPEND(h->handed, p);
    p->handed = true;
    p->tries++;
}

static int by_order(const held_post *a, const held_post *b) {
    return (a->order > b->order) - (a->order < b->order);
}

void held_posts_returned(held_posts *h, held_post *p) {
    DL_DELETE(h->handed, p);
    DL_INSERT_INORDER(h->waiting, p, by_order);
    p->handed = false;
}

void held_posts_release(held_posts *h, held_post *p) {
    if (p->handed)
        DL_DELETE(h->handed, p);
    else
        DL_DELETE(h->waiting, p);
    h->count--;
    h->bytes -= sizeof *p + p->params_len + p->tail_len;
    free_post(p);
}
