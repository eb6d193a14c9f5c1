// SPDX-License-Identifier: Apache-2.0
// slash_http: what comes to the listener for slash commands. A row names its circumstances; they are set up here, and the
// listener of external mode answers over a socket. Compared are the status, what a refusal says, and what the server is
// asked about the command.
#include "vectors.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "rest_bench.h"

#include <stdlib.h>
#include <string.h>

#define PATH "/api/channels/mattermost/command"
#define COMMAND "/api/v4/commands/cmd1"

// How things stand in a row.
typedef struct circumstances {
    const char *name;
    bool idle;         // no account is at work
    int by_id, list;   // the server's status for either question; 0: 200
    bool slow, empty;  // the first is not answered; the list holds nothing
    const char *url;   // that the command has now
    const char *token; // likewise
    bool deleted;
    int accounts;         // 0: one
    int before;           // how often the same was asked before
    const char *deviates; // the rule of deviations.md
    int ours;             // then: our status
} circumstances;

static const circumstances CASES[] = {
    {.name = "no account active", .idle = true},
    {.name = "GET before activation", .idle = true, .deviates = "get", .ours = 405},
    {.name = "GET after activation"},
    {.name = "invalid payload"},
    {.name = "wrong token", .deviates = "renewed-token", .ours = 401},
    {.name = "unknown trigger"},
    {.name = "unknown team"},
    {.name = "valid"},
    {.name = "valid json body"},
    {.name = "channel lookup fails"},
    {.name = "too large"},
    {.name = "unauthorised sender in open channel (control command)"},
    {.name = "unknown sender in DM (pairing)"},
    {.name = "command by id 404, team list fallback", .by_id = 404},
    {.name = "both lookups fail -> fail closed", .by_id = 404, .list = 500},
    {.name = "negative result cached 5s: no lookup", .by_id = 404, .list = 500, .before = 1},
    {.name = "callback url drifted", .url = "http://elsewhere.example.com/x"},
    {.name = "token rotated upstream, old token presented", .token = "rotated"},
    {.name = "token rotated upstream, new token presented",
     .token = "rotated",
     .deviates = "renewed-token",
     .ours = 200},
    {.name = "command deleted", .deleted = true},
    {.name = "lookup slower than 1 s, list fallback empty", .slow = true, .empty = true},
    {.name = "12 concurrent valid callbacks without Authorization header"},
    {.name = "two accounts share token", .accounts = 2},
    {.name = "two accounts, token unknown, trigger+team ambiguous", .accounts = 2},
    {.name = "two accounts, nothing matches", .accounts = 2},
    {.name = "two accounts, GET", .accounts = 2, .deviates = "get", .ours = 405},
};

static const circumstances *find_case(const char *name) {
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        if (strcmp(CASES[i].name, name) == 0)
            return &CASES[i];
    }
    return NULL;
}

// --- the world ---

typedef struct world {
    const circumstances *now;
    rest_bench *bench;
    char *url; // at which commands call us
} world;

static cJSON *registration(const world *w) {
    cJSON *one = json_new_object();
    json_add_string(one, "id", "cmd1");
    json_add_string(one, "team_id", "T");
    json_add_string(one, "trigger", "oc_status");
    json_add_string(one, "method", "P");
    json_add_string(one, "url", w->now->url != NULL ? w->now->url : w->url);
    json_add_string(one, "token", w->now->token != NULL ? w->now->token : "tok1");
    json_add_int(one, "delete_at", w->now->deleted ? 5 : 0);
    return one;
}

static rest_bench_reply serve(void *ctx, const http_request *r) {
    const world *w = ctx;
    bool by_id = strcmp(r->path, COMMAND) == 0;
    int status = by_id ? w->now->by_id : w->now->list;
    if (by_id && w->now->slow)
        return (rest_bench_reply){.status = 0};
    cJSON *json = by_id ? registration(w) : json_new_array();
    if (!by_id && !w->now->empty)
        json_push(json, registration(w));
    char *text = cJSON_PrintUnformatted(json);
    rest_bench_reply reply = {.status = status != 0 ? status : 200, .body = xstrdup(text)};
    cJSON_free(text);
    cJSON_Delete(json);
    return reply;
}

static void on_command(void *ctx, const chat_command *command, chat_command_ticket *ticket) {
    (void)ctx, (void)command;
    chat_command_answer(ticket, "Processing...");
}

static void set_url(server_config *s) {
    free(s->command_url);
    s->command_url = xstrdup("http://openclaw.example.com" PATH);
    free(s->command_path);
    s->command_path = xstrdup(PATH);
}

static void make_world(world *w, const circumstances *now) {
    static const char *const names[] = {"default", "second"};
    static const chat_events events = {.command = on_command};
    *w = (world){.now = now, .url = xstrdup("http://openclaw.example.com" PATH)};
    w->bench = rest_bench_create(NULL, serve, &events, w);
    for (int i = 0; i < (now->accounts != 0 ? now->accounts : 1); i++) {
        chat *c = rest_bench_add(w->bench, names[i], !now->idle, set_url);
        if (!now->idle)
            rest_bench_command(c, "cmd1", "T", "oc_status", "tok1");
    }
}

static void end_world(world *w) {
    rest_bench_destroy(w->bench);
    free(w->url);
}

// --- one row ---

// "<70000 bytes>" stands for that many.
static char *body_of(const cJSON *request) {
    const char *body = json_text(request, "body");
    enum { LARGE = 70000 };
    if (strcmp(body, "<70000 bytes>") != 0)
        return xstrdup(body);
    char *large = xmalloc(LARGE + 1);
    memset(large, 'x', LARGE);
    large[LARGE] = '\0';
    return large;
}

static char *request_of(const cJSON *row) {
    const cJSON *request = json_get(row, "request");
    char *body = body_of(request);
    char *text =
        rest_bench_request(json_text(request, "method"), PATH, json_text(request, "contentType"), NULL, body);
    free(body);
    return text;
}

// Of what the server was asked only what concerns the command's registration.
static cJSON *about_commands(const cJSON *calls) {
    cJSON *kept = json_new_array();
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, calls) {
        if (strncmp(one->valuestring, "GET /api/v4/commands", 20) == 0)
            json_push(kept, json_new_string(one->valuestring));
    }
    return kept;
}

static void check_answer(report *r, const cJSON *row, const rest_bench_answer *got) {
    char *text =
        xstrndup(got->body != NULL ? got->body : "", got->body != NULL ? strcspn(got->body, "\n") : 0);
    check_int(r, row, json_int(row, "status", 0), got->status);
    check_text(r, row, json_string(row, "allow"), got->allow);
    if (got->status != 200) // what a command says is ours
        check_text(r, row, json_text(row, "response"), text);
    if (json_string(row, "contentType") != NULL)
        check_text(r, row, json_text(row, "contentType"), got->type);
    free(text);
}

static void check_row(report *r, const cJSON *row, world *w) {
    char *request = request_of(row);
    rest_bench_answer got = {.status = 0};
    for (int i = 0; i <= w->now->before; i++) {
        rest_bench_answer_free(&got);
        rest_bench_forget(w->bench);
        rest_bench_ask(w->bench, 1, (const char *const *)&request, &got);
    }
    cJSON *wanted = about_commands(json_array(row, "apiCalls")),
          *calls = about_commands(rest_bench_asked(w->bench));
    if (w->now->deviates == NULL) {
        check_answer(r, row, &got);
        check_value(r, row, wanted, calls);
    } else {
        check_deviating(r, w->now->deviates, row, json_get(row, "status"), json_new_int(w->now->ours),
                        json_new_int(got.status));
        cJSON_Delete(calls);
    }
    cJSON_Delete(wanted);
    rest_bench_answer_free(&got);
    free(request);
}

static void check_many(report *r, const cJSON *row, world *w) {
    enum { MANY = 12 };
    char *request = rest_bench_request(
        "POST", PATH, "application/x-www-form-urlencoded", NULL,
        "token=tok1&team_id=T&channel_id=C&user_id=U&user_name=bob&command=%2Foc_status&text=");
    const char *requests[MANY];
    rest_bench_answer answers[MANY];
    cJSON *statuses = json_new_array();
    for (size_t i = 0; i < MANY; i++)
        requests[i] = request;
    rest_bench_ask(w->bench, MANY, requests, answers);
    for (size_t i = 0; i < MANY; i++) {
        json_push(statuses, json_new_int(answers[i].status));
        rest_bench_answer_free(&answers[i]);
    }
    check_value(r, row, json_get(row, "statuses"), statuses);
    free(request);
}

void run_slash_http(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, json_array(content, "rows")) {
        const circumstances *now = find_case(json_text(row, "case"));
        world w;
        if (now == NULL) {
            check_text(r, row, "circumstances that are known here", NULL);
            continue;
        }
        make_world(&w, now);
        if (json_get(row, "statuses") != NULL)
            check_many(r, row, &w);
        else
            check_row(r, row, &w);
        end_world(&w);
    }
}
