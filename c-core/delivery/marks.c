// SPDX-License-Identifier: Apache-2.0
#include "delivery/marks.h"

#include "base/json.h"

cJSON *marks_read(bytes stored, bool *readable) {
    cJSON *root = NULL, *nodes = NULL;
    *readable = stored.len > 0 && stored.len <= MARKS_MAX_BYTES && json_parse(stored, &root) == OC_OK &&
                json_int(root, "v", 0) == MARKS_VERSION && cJSON_IsObject(json_get(root, "nodes"));
    nodes = *readable ? cJSON_DetachItemFromObjectCaseSensitive(root, "nodes") : json_new_object();
    cJSON_Delete(root);
    return nodes;
}

bool marks_since(const cJSON *nodes, int64_t *since_ms) {
    const cJSON *mark = NULL;
    bool found = false;
    cJSON_ArrayForEach(mark, nodes) {
        int64_t at = json_int(mark, "at", -1);
        if (at >= 0 && (!found || at < *since_ms)) {
            *since_ms = at;
            found = true;
        }
    }
    return found;
}

static void drop_forgotten(cJSON *nodes, int64_t now_ms) {
    cJSON *mark = nodes->child;
    while (mark != NULL) {
        cJSON *next = mark->next;
        if (json_int(mark, "at", 0) < now_ms - MARKS_FORGET_MS)
            cJSON_Delete(cJSON_DetachItemViaPointer(nodes, mark));
        mark = next;
    }
}

static void drop_oldest(cJSON *nodes) {
    cJSON *mark = NULL, *oldest = nodes->child;
    cJSON_ArrayForEach(mark, nodes) {
        if (json_int(mark, "at", 0) < json_int(oldest, "at", 0))
            oldest = mark;
    }
    cJSON_Delete(cJSON_DetachItemViaPointer(nodes, oldest));
}

void marks_put(cJSON *nodes, const char *node, int64_t at_ms, const char *boot_id, int64_t now_ms, int max) {
    cJSON_DeleteItemFromObjectCaseSensitive(nodes, node);
    drop_forgotten(nodes, now_ms);
    while (cJSON_GetArraySize(nodes) >= max)
        drop_oldest(nodes);
    cJSON *mark = json_add_object(nodes, node);
    json_add_int(mark, "at", at_ms);
    json_add_string(mark, "boot", boot_id);
    json_add_int(mark, "now", now_ms); // changes as long as the node lives
}

oc_err marks_write(const cJSON *nodes, buf *out) {
    oc_err err = buf_printf(out, "{\"v\":%d,\"nodes\":", MARKS_VERSION);
    if (err == OC_OK)
        err = json_print(nodes, out);
    if (err == OC_OK)
        err = buf_append_str(out, "}");
    return err;
}
