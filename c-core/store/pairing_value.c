// SPDX-License-Identifier: Apache-2.0
// The stored form: {"v":1,"requests":[{…}],"approved":[{"u":user,"by":user,"at":ms}]}.
#include "base/json.h"
#include "base/mem.h"
#include "store/pairing_private.h"

#include <stdlib.h>
#include <string.h>

static const char *const STATUS[] = {"pending", "approved", "denied"};
enum { STATUS_COUNT = sizeof STATUS / sizeof *STATUS };

static int status_find(const char *name) {
    for (int i = 0; i < STATUS_COUNT; i++) {
        if (strcmp(STATUS[i], name) == 0)
            return i;
    }
    return -1;
}

// A text that must be there and fit.
static bool read_text(const cJSON *json, const char *name, char *out, size_t size, bool needed) {
    const char *text = json_text(json, name);
    size_t len = strlen(text);
    if (len >= size || (needed && len == 0))
        return false;
    pairing_copy(out, size, text);
    return true;
}

static void read_notes(const cJSON *json, pairing_request *r) {
    const cJSON *note = NULL;
    r->notes = xcalloc(PAIRING_NOTES_MAX, sizeof *r->notes);
    cJSON_ArrayForEach(note, json_array(json, "notes")) {
        const char *id = cJSON_GetStringValue(note);
        if (id != NULL && strlen(id) < PAIRING_ID_BYTES && r->note_count < PAIRING_NOTES_MAX)
            pairing_copy(r->notes[r->note_count++], PAIRING_ID_BYTES, id);
    }
}

static bool read_request(const cJSON *json, pairing_request *r) {
    int status = status_find(json_text(json, "status"));
    bool good = status >= 0 && read_text(json, "key", r->key, sizeof r->key, true) &&
                read_text(json, "code", r->code, sizeof r->code, true) &&
                read_text(json, "user", r->user_id, sizeof r->user_id, true) &&
                read_text(json, "name", r->name, sizeof r->name, false) &&
                read_text(json, "post", r->post_id, sizeof r->post_id, false) &&
                read_text(json, "channel", r->channel_id, sizeof r->channel_id, false) &&
                read_text(json, "by", r->decided_by, sizeof r->decided_by, false) &&
                read_text(json, "node", r->node, sizeof r->node, false);
    if (!good)
        return false;
    r->status = (pairing_status)status;
    r->created_ms = json_int(json, "created", 0);
    r->seen_ms = json_int(json, "seen", 0);
    r->told_ms = json_int(json, "told", 0);
    r->day_ms = json_int(json, "day", 0);
    r->codes = (int)json_int(json, "codes", PAIRING_CODES_A_DAY);
    r->post_at_ms = json_int(json, "post_at", 0);
    r->decided_ms = json_int(json, "decided", 0);
    r->owed = r->status == PAIRING_APPROVED && json_bool(json, "owed", false);
    read_notes(json, r);
    return true;
}

static bool read_requests(const cJSON *list, pairing_state *s) {
    const cJSON *json = NULL;
    bool all = true;
    cJSON_ArrayForEach(json, list) {
        pairing_request r = {.code = ""};
        if (s->count < PAIRING_REQUESTS_MAX && read_request(json, &r))
            *pairing_append(s) = r;
        else
            all = false;
    }
    return all;
}

static bool read_approved(const cJSON *list, pairing_state *s) {
    const cJSON *json = NULL;
    bool all = true;
    s->approved = xcalloc(PAIRING_APPROVED_MAX, sizeof *s->approved);
    cJSON_ArrayForEach(json, list) {
        pairing_approval a = {.at_ms = json_int(json, "at", 0)};
        if (s->approved_count < PAIRING_APPROVED_MAX &&
            read_text(json, "u", a.user_id, sizeof a.user_id, true) &&
            read_text(json, "by", a.by, sizeof a.by, false))
            s->approved[s->approved_count++] = a;
        else
            all = false;
    }
    return all;
}

pairing_state *pairing_state_read(bytes value, bool *damaged) {
    pairing_state *s = pairing_state_create();
    cJSON *json = NULL;
    *damaged = true;
    if (value.len <= PAIRING_VALUE_MAX_BYTES && json_parse(value, &json) == OC_OK &&
        json_int(json, "v", 0) == PAIRING_VERSION) {
        bool requests = read_requests(json_array(json, "requests"), s);
        bool approved = read_approved(json_array(json, "approved"), s);
        *damaged = !requests || !approved;
    }
    cJSON_Delete(json);
    return s;
}

static cJSON *request_json(const pairing_request *r) {
    cJSON *json = json_new_object();
    json_add_string(json, "key", r->key);
    json_add_string(json, "code", r->code);
    json_add_string(json, "user", r->user_id);
    json_add_string(json, "name", r->name);
    json_add_string(json, "status", STATUS[r->status]);
    json_add_int(json, "created", r->created_ms);
    json_add_int(json, "seen", r->seen_ms);
    json_add_int(json, "told", r->told_ms);
    json_add_int(json, "day", r->day_ms);
    json_add_int(json, "codes", r->codes);
    json_add_string(json, "post", r->post_id);
    json_add_string(json, "channel", r->channel_id);
    json_add_int(json, "post_at", r->post_at_ms);
    if (r->status != PAIRING_PENDING) {
        json_add_string(json, "by", r->decided_by);
        json_add_string(json, "node", r->node);
        json_add_int(json, "decided", r->decided_ms);
        json_add_bool(json, "owed", r->owed);
    }
    cJSON *notes = json_add_array(json, "notes");
    for (size_t i = 0; i < r->note_count; i++)
        json_push(notes, json_new_string(r->notes[i]));
    return json;
}

oc_err pairing_state_write(const pairing_state *s, buf *out) {
    cJSON *json = json_new_object();
    json_add_int(json, "v", PAIRING_VERSION);
    cJSON *requests = json_add_array(json, "requests");
    for (size_t i = 0; i < s->count; i++)
        json_push(requests, request_json(&s->requests[i]));
    cJSON *approved = json_add_array(json, "approved");
    for (size_t i = 0; i < s->approved_count; i++) {
        cJSON *a = json_new_object();
        json_add_string(a, "u", s->approved[i].user_id);
        json_add_string(a, "by", s->approved[i].by);
        json_add_int(a, "at", s->approved[i].at_ms);
        json_push(approved, a);
    }
    oc_err err = json_print(json, out);
    cJSON_Delete(json);
    return err;
}
